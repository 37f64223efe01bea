import { CodedError } from '../../core/contracts/coded-error.ts';
import { type Digest, toShortDigest } from '../../core/contracts/digest.ts';
import type { JsonObject } from '../../core/contracts/json.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { type FeatureViewFacts, planFeatureView } from '../../core/plan/planners/feature-view.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import type { OnlineFeatures, OnlineState } from '../../ports/online-features.ts';
import type { Routes } from '../../ports/routes.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { createKeptHandler, type Work } from '../kept-handler.ts';
import { createZoneForms } from '../zone-forms.ts';
import {
  digestMade,
  digestWanted,
  findViewRows,
  listUnused,
  type ViewRows,
  type ViewRowsPorts,
  type WantedRows,
} from './view-rows.ts';
import { createFindViewUses, describeUse, type ViewUses } from './view-uses.ts';

/**
 * A view's newest values by key, made from its source's accepted snapshot: by its live definition,
 * and by each one that a served version was trained on.
 */
export function createFeatureViewHandler(ports: {
  readonly definitions: Definitions;
  readonly snapshots: Snapshots;
  readonly onlineFeatures: OnlineFeatures;
  readonly routes: Routes;
  readonly artifacts: ArtifactStore;
}): KindHandler {
  const { onlineFeatures } = ports;
  const findUses = createFindViewUses(ports);
  const rowsPorts = { ...ports, findUses, forms: createZoneForms(ports.definitions) };
  return createKeptHandler(ports.definitions, {
    kind: 'FeatureView',
    plan: planFeatureView,
    look: async ({ live, notes }) => {
      if (live === null) return { isThere: false, facts: {} };
      const rows = await findViewRows(rowsPorts, live);
      const definition = String(notes['definition']);
      const facts: FeatureViewFacts = {
        wanted: digestWanted(rows),
        made: digestMade(rows, definition),
        needed: describeNeed(rows.served, rows.states),
        lacking: rows.lacking,
      };
      const isThere = rows.states.some(
        ({ definitionDigest: digest }) => digest === definition || digest === rows.live.digest,
      );
      return { isThere: isThere || !toTypedSpec(live, 'FeatureView').online, facts };
    },
    make: async ({ target }) => {
      // Before the snapshot is looked up: whoever looks it up later wins.
      const sequence = await onlineFeatures.takeSequence();
      return makeRows(rowsPorts, await findViewRows(rowsPorts, target), sequence);
    },
    unmake: async ({ effect }) => {
      const view = toResourcePath(effect.ref);
      const served = await findUses(view);
      // The planner waits for this; a release may have come since it looked.
      const need = describeNeed(served, await onlineFeatures.listStates(view));
      if (need !== '') throw new CodedError('P812', need);
      await onlineFeatures.remove(view);
    },
  });
}

/**
 * Why rows must stay, whatever Git says: without them a version would have nothing to answer from.
 * A definition without rows keeps nothing, since nothing would be lost.
 */
function describeNeed({ uses, behind }: ViewUses, states: readonly OnlineState[]): string {
  if (states.length === 0) return '';
  const use = uses.find(({ definitionDigest }) =>
    states.some((state) => state.definitionDigest === definitionDigest),
  );
  return use === undefined ? behind : `${describeUse(use)}, looks its features up in it`;
}

async function makeRows(
  ports: ViewRowsPorts,
  rows: ViewRows,
  sequence: number,
): Promise<Work<JsonObject>> {
  const { live, wanted, kept } = rows;
  const failures: unknown[] = [];
  let summary: string | null = null;
  for (const one of wanted) {
    try {
      const { rows: keys, snapshotDigest } = await makeOne(ports.onlineFeatures, one, sequence);
      if (one === live) {
        summary = `has ${keys} keys ready to look up, from ${toShortDigest(snapshotDigest)}`;
      }
    } catch (error) {
      // One definition that its source no longer fits must not keep the others from being fresh.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  if (listUnused(rows).length > 0) await ports.onlineFeatures.keepOnly(live.definition.view, kept);
  const notes = { definition: live.digest };
  const inputs = { definition: live.digest, snapshot: live.snapshot.record.digest as Digest };
  return { notes, outcome: summary === null ? { inputs } : { inputs, summary } };
}

async function makeOne(
  onlineFeatures: OnlineFeatures,
  { definition, snapshot }: WantedRows,
  sequence: number,
): Promise<OnlineState> {
  const state = await onlineFeatures.materialise(definition, snapshot, sequence);
  const wanted = snapshot.record.digest;
  if (state.snapshotDigest === wanted) return state;
  const message = `the rows of ${definition.view} were made from ${toShortDigest(state.snapshotDigest)} by somebody who began later, and not from ${toShortDigest(wanted)}`;
  throw new CodedError('P808', message, { remedy: 'retry' });
}
