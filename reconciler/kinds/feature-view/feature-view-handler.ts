import { CodedError } from '../../core/contracts/coded-error.ts';
import type { Digest } from '../../core/contracts/digest.ts';
import { digestJson } from '../../core/contracts/digest.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { toDefinitionDigest } from '../../core/features/contract.ts';
import type { ViewDefinition } from '../../core/features/view-definition.ts';
import { type FeatureViewFacts, planFeatureView } from '../../core/plan/planners/feature-view.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import type { OnlineFeatures } from '../../ports/online-features.ts';
import type { Routes } from '../../ports/routes.ts';
import type { Snapshots, StoredSnapshot } from '../../ports/snapshots.ts';
import { createKeptHandler } from '../kept-handler.ts';
import { resolveViewDefinition } from '../view-definitions.ts';
import { createZoneForms, type ZoneForms } from '../zone-forms.ts';

/** A view's newest values by key, made from its source's accepted snapshot. */
export function createFeatureViewHandler(ports: {
  readonly definitions: Definitions;
  readonly snapshots: Snapshots;
  readonly onlineFeatures: OnlineFeatures;
  readonly routes: Routes;
  readonly artifacts: ArtifactStore;
}): KindHandler {
  const { snapshots, onlineFeatures } = ports;
  const forms = createZoneForms(ports.definitions);
  return createKeptHandler(ports.definitions, {
    kind: 'FeatureView',
    plan: planFeatureView,
    look: async ({ live, notes }) => {
      if (live === null) return { isThere: false, facts: {} };
      const facts: FeatureViewFacts = {
        wanted: await findWanted({ forms, snapshots }, live),
        made: String(notes['made']),
      };
      if (!toTypedSpec(live, 'FeatureView').online) return { isThere: true, facts };
      const state = await onlineFeatures.readState(String(notes['definition']));
      return { isThere: state !== null, facts };
    },
    make: async ({ target }) => {
      const { definition, snapshot } = await resolve({ forms, snapshots }, target);
      const digest = toDefinitionDigest(definition);
      const notes = { definition: digest, made: toMadeFrom(digest, snapshot) };
      const inputs = { definition: digest, snapshot: snapshot.record.digest as Digest };
      if (!toTypedSpec(target, 'FeatureView').online) return { notes, outcome: { inputs } };
      const { rows } = await onlineFeatures.materialise(definition, snapshot);
      const summary = `has ${rows} keys ready to look up, from ${snapshot.record.digest.slice(0, 19)}`;
      return { notes, outcome: { inputs, summary } };
    },
    unmake: async ({ effect }) => {
      const view = toResourcePath(effect.ref);
      await requireUnserved(ports, view);
      await onlineFeatures.remove(view);
    },
  });
}

/** A version keeps its contract for life: without the rows it would answer from nothing. */
async function requireUnserved(
  { routes, artifacts }: { readonly routes: Routes; readonly artifacts: ArtifactStore },
  view: string,
): Promise<void> {
  const { endpoints } = await routes.read();
  for (const { endpoint, versions } of endpoints) {
    for (const { version } of versions) {
      const stored = await artifacts.find(version);
      if (!stored?.manifest.contract.views.some((used) => used.view === view)) continue;
      const message = `the version ${version.slice(0, 19)}, which ${endpoint} serves, looks its features up in ${view}`;
      throw new CodedError('P812', message);
    }
  }
}

type Sources = { readonly forms: ZoneForms; readonly snapshots: Snapshots };

async function resolve(
  { forms, snapshots }: Sources,
  view: NormalForm,
): Promise<{ readonly definition: ViewDefinition; readonly snapshot: StoredSnapshot }> {
  const definition = await resolveViewDefinition(forms, view);
  const snapshot = await snapshots.readAccepted(definition.source);
  if (snapshot !== null) return { definition, snapshot };
  const message = `the source ${definition.source} has no accepted snapshot`;
  throw new CodedError('P802', message, { remedy: 'retry' });
}

/** What the rows should be made from; what cannot be told now is looked at again later. */
async function findWanted(sources: Sources, view: NormalForm): Promise<string> {
  const { definition, snapshot } = await resolve(sources, view);
  return toMadeFrom(toDefinitionDigest(definition), snapshot);
}

function toMadeFrom(definitionDigest: string, { record }: StoredSnapshot): string {
  return digestJson({ definition: definitionDigest, snapshot: record.digest });
}
