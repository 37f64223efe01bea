import { CLASSES } from './any-lineage.ts';

type Spec = Readonly<Record<string, unknown>>;
type Node = {
  readonly ref: { readonly kind: string; readonly name: string };
  readonly spec: object;
};
type Hop = { readonly form: string; readonly to: string; readonly pointer: string };

/**
 * The same question asked naively, from the specs alone: walk every way from every source, carrying
 * the list of all zones passed, and ask each of them at each border. Gives what is refused, as text.
 */
export function searchPaths(resources: readonly Node[]): readonly string[] {
  const nodes = new Map(
    resources.map((one) => [`${one.ref.kind}/${one.ref.name}`, one.spec as Spec]),
  );
  const read = (key: string): Spec => nodes.get(key) as Spec;
  const zoneOf = (key: string): string => {
    const spec = read(key);
    if (key.startsWith('DataSource/')) return spec['connection'] as string;
    if (key.startsWith('Connection/')) return spec['zone'] as string;
    if (key.startsWith('FeatureView/')) return zoneOf(`DataSource/${spec['source']}`);
    if (key.startsWith('Model/')) return (spec['training'] as { target: string }).target;
    return spec['environment'] as string;
  };
  const hopsFrom = listHops(nodes);
  const refused = new Set<string>();
  const walk = (key: string, passed: readonly string[], rank: number): void => {
    for (const hop of hopsFrom.get(key) ?? []) {
      const to = zoneOf(hop.to);
      const isBorder = zoneOf(key) !== to;
      const asked = passed.filter((zone) => zone !== to);
      if (isBorder && asked.some((zone) => !allows(read(`Zone/${zone}`), to, rank, hop.form))) {
        refused.add(`${hop.form} ${toKey(key)} → ${toKey(hop.to)} by ${hop.pointer}`);
      }
      walk(hop.to, [...passed, to], rank);
    }
  };
  for (const key of nodes.keys()) {
    if (key.startsWith('DataSource/')) walk(key, [zoneOf(key)], rankOf(read(key)));
  }
  return [...refused].sort();
}

function listHops(nodes: ReadonlyMap<string, Spec>): ReadonlyMap<string, readonly Hop[]> {
  const hops = new Map<string, Hop[]>();
  const add = (from: string, hop: Hop) => hops.set(from, [...(hops.get(from) ?? []), hop]);
  for (const [key, spec] of nodes) {
    if (key.startsWith('FeatureView/')) {
      add(`DataSource/${spec['source']}`, { form: 'rows', to: key, pointer: '/spec/source' });
    }
    if (key.startsWith('Model/')) {
      const { source } = spec['label'] as { source: string };
      add(`DataSource/${source}`, { form: 'rows', to: key, pointer: '/spec/label/source' });
      for (const [at, { view }] of listViews(spec).entries()) {
        add(`FeatureView/${view}`, { form: 'rows', to: key, pointer: `/spec/features/${at}/view` });
      }
    }
    if (key.startsWith('BatchPrediction/')) {
      const { source } = spec['input'] as { source: string };
      const { connection } = spec['output'] as { connection: string };
      add(`DataSource/${source}`, { form: 'rows', to: key, pointer: '/spec/input/source' });
      add(key, {
        form: 'rows',
        to: `Connection/${connection}`,
        pointer: '/spec/output/connection',
      });
    }
    if (key.startsWith('Endpoint/') || key.startsWith('BatchPrediction/')) {
      const pointer = '/spec/model';
      add(`Model/${spec['model']}`, { form: 'models', to: key, pointer });
      for (const { view } of listViews(nodes.get(`Model/${spec['model']}`) as Spec)) {
        add(`FeatureView/${view}`, { form: 'rows', to: key, pointer });
      }
    }
  }
  return hops;
}

function listViews(spec: Spec): readonly { readonly view: string }[] {
  return spec['features'] as readonly { readonly view: string }[];
}

type Transfer = { to: string; upTo: (typeof CLASSES)[number]; carries: readonly string[] };

function allows(zone: Spec, to: string, rank: number, form: string): boolean {
  const transfers = zone['transfers'] as readonly Transfer[];
  return transfers.some(
    (one) => one.to === to && one.carries.includes(form) && CLASSES.indexOf(one.upTo) >= rank,
  );
}

function rankOf(spec: Spec): number {
  const declared = spec['classification'] as (typeof CLASSES)[number] | undefined;
  const rank = declared === undefined ? CLASSES.length : CLASSES.indexOf(declared);
  const isMarked = (spec['columns'] as readonly { pii: boolean }[]).some(({ pii }) => pii);
  return isMarked ? Math.max(rank, CLASSES.indexOf('personal')) : rank;
}

function toKey(title: string): string {
  const [kind, name] = title.split('/');
  return `${kind}/${kind === 'Connection' ? 'platform' : 'room'}/${name}`;
}
