import fc from 'fast-check';
import { toNormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import { placeResources } from '../../../reconciler/core/graph/placement.ts';
import { buildGraph } from '../../../reconciler/core/graph/resource-graph.ts';
import { listComponents } from '../../../reconciler/core/graph/strong-components.ts';
import {
  type CrossingFlow,
  isRefused,
  solveResidency,
} from '../../../reconciler/core/residency/solve-residency.ts';
import type { Resource } from '../../../reconciler/core/spec/resource.ts';

const ZONES = ['ae', 'eu', 'sa'] as const;
export const CLASSES = [
  'public',
  'internal',
  'confidential',
  'personal',
  'special-category',
] as const;
const FORMS = ['rows', 'models', 'evidence'] as const;

const NUMBERS = [0, 1, 2, 3] as const;
const number = fc.constantFrom(...NUMBERS);

function toResource(kind: string, name: string, spec: Resource['spec']): Resource {
  const namespace = ['Zone', 'Connection', 'Target', 'Environment'].includes(kind)
    ? 'platform'
    : 'room';
  const ref = { kind, namespace, name };
  const location = { path: `${kind}/${name}.yaml`, line: 1, column: 1 };
  const form = toNormalForm(ref, spec);
  return { ref, labels: {}, formerly: [], spec, form, location, positions: {} };
}

const transfer = fc.record({
  to: fc.constantFrom(...ZONES),
  upTo: fc.constantFrom(...CLASSES),
  carries: fc.uniqueArray(fc.constantFrom(...FORMS), { minLength: 1 }),
  legalBasis: fc.constant('a policy'),
});

/** A place of each kind in each zone. */
const PLACES = ZONES.flatMap((zone) => [
  toResource('Connection', zone, { zone }),
  toResource('Target', zone, { zone }),
  toResource('Environment', zone, { zone, targets: [zone] }),
]);

const zones = fc
  .tuple(...ZONES.map(() => fc.array(transfer, { maxLength: 4 })))
  .map((all) =>
    all.map((transfers, at) =>
      toResource('Zone', ZONES[at] as string, { jurisdiction: 'AE', transfers }),
    ),
  );

const sources = fc.tuple(
  ...NUMBERS.map((at) =>
    fc
      .record({
        connection: fc.constantFrom(...ZONES),
        classification: fc.option(fc.constantFrom(...CLASSES), { nil: undefined, freq: 9 }),
        pii: fc.boolean(),
      })
      .map(({ connection, classification, pii }) => {
        const declared = classification === undefined ? {} : { classification };
        const columns = [{ name: 'a', type: 'string', pii: pii && at === 0 }];
        return toResource('DataSource', `s${at}`, { connection, columns, ...declared });
      }),
  ),
);

const views = fc.tuple(
  ...NUMBERS.map((at) =>
    number.map((source) => toResource('FeatureView', `v${at}`, { source: `s${source}` })),
  ),
);

const models = fc.tuple(
  ...NUMBERS.map((at) =>
    fc
      .record({
        label: number,
        views: fc.uniqueArray(number, { minLength: 1, maxLength: 3 }),
        target: fc.constantFrom(...ZONES),
      })
      .map((one) =>
        toResource('Model', `m${at}`, {
          label: { source: `s${one.label}` },
          features: one.views.map((view) => ({ view: `v${view}` })),
          training: { target: one.target },
        }),
      ),
  ),
);

const endpoints = fc.tuple(
  ...NUMBERS.map((at) =>
    fc
      .record({ model: number, environment: fc.constantFrom(...ZONES) })
      .map(({ model, environment }) =>
        toResource('Endpoint', `e${at}`, { model: `m${model}`, environment }),
      ),
  ),
);

const batches = fc.tuple(
  ...NUMBERS.map((at) =>
    fc
      .record({
        model: number,
        source: number,
        environment: fc.constantFrom(...ZONES),
        connection: fc.constantFrom(...ZONES),
      })
      .map(({ model, source, environment, connection }) =>
        toResource('BatchPrediction', `b${at}`, {
          model: `m${model}`,
          environment,
          input: { source: `s${source}` },
          output: { connection },
        }),
      ),
  ),
);

/** Zones that allow each other something or nothing, and lineages across them. */
export const anyLineage: fc.Arbitrary<readonly Resource[]> = fc
  .tuple(zones, sources, views, models, endpoints, batches)
  .map((all) => [...PLACES, ...all.flat()]);

/** All but one, which is no Zone. */
export function withoutResource(resources: readonly Resource[], dice: number): readonly Resource[] {
  const removable = resources.filter(({ ref }) => ref.kind !== 'Zone');
  const removed = removable[dice % removable.length];
  return resources.filter((one) => one !== removed);
}

/** What is refused, as text: `rows FeatureView/room/v1 → Model/room/m2 by /spec/features/0/view`. */
export function listRefused(resources: readonly Resource[]): readonly string[] {
  return listCrossings(resources)
    .filter(isRefused)
    .map(({ flow }) => `${flow.form} ${flow.from} → ${flow.to} by ${flow.pointer}`)
    .sort();
}

export function listCrossings(resources: readonly Resource[]): readonly CrossingFlow[] {
  const graph = buildGraph(resources);
  const components = listComponents(graph);
  return solveResidency(graph, placeResources(graph, components), components).crossings;
}
