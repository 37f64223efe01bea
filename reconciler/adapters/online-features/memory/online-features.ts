import assert from 'node:assert/strict';
import { toDefinitionDigest } from '../../../core/features/contract.ts';
import { toEntityKey } from '../../../core/features/entity-key.ts';
import { evaluateView, listKeys, type SourceRow } from '../../../core/features/evaluate-view.ts';
import { MICROS_PER_MS, parseMicros, toOnlineAsOf } from '../../../core/features/micros.ts';
import type { ViewDefinition } from '../../../core/features/view-definition.ts';
import type { OnlineFeatures, OnlineRow, OnlineState } from '../../../ports/online-features.ts';
import type { StoredSnapshot } from '../../../ports/snapshots.ts';
import type { MemoryOnlineTables } from './tables.ts';

export function createMemoryOnlineFeatures(deps: {
  readonly tables: MemoryOnlineTables;
  readonly readRows: (snapshot: StoredSnapshot) => Promise<readonly SourceRow[]>;
}): OnlineFeatures {
  const { views, definitions } = deps.tables;
  const keepOnly = (view: string, kept: readonly string[]) => {
    for (const [digest, { state }] of views) {
      if (state.view === view && !kept.includes(digest)) views.delete(digest);
    }
  };
  return {
    async read(keys) {
      return keys.map(({ definitionDigest, entityKey }) => {
        const made = views.get(definitionDigest);
        return made === undefined ? 'not-made' : (made.rows.get(entityKey) ?? null);
      });
    },
    async readDefinition(definitionDigest) {
      return definitions.get(definitionDigest) ?? null;
    },
    async takeSequence() {
      deps.tables.lastSequence += 1;
      return deps.tables.lastSequence;
    },
    async materialise(definition, snapshot, sequence) {
      const definitionDigest = toDefinitionDigest(definition);
      const asOf = toOnlineAsOf(snapshot.record.watermark);
      const rows = computeRows(definition, await deps.readRows(snapshot), asOf);
      const before = views.get(definitionDigest)?.state;
      if (before !== undefined && before.sequence > sequence) return before;
      const state: OnlineState = {
        view: definition.view,
        definitionDigest,
        snapshotDigest: snapshot.record.digest,
        asOf,
        rows: rows.size,
        sequence,
      };
      definitions.set(definitionDigest, definition);
      views.set(definitionDigest, { state, rows });
      return state;
    },
    async readState(definitionDigest) {
      return views.get(definitionDigest)?.state ?? null;
    },
    async listStates(view) {
      const states = [...views.values()].map(({ state }) => state);
      return states.filter((state) => state.view === view).sort(compareStates);
    },
    async keepOnly(view, definitionDigests) {
      keepOnly(view, definitionDigests);
    },
    async remove(view) {
      keepOnly(view, []);
      for (const [digest, one] of definitions) if (one.view === view) definitions.delete(digest);
    },
  };
}

function computeRows(
  definition: ViewDefinition,
  rows: readonly SourceRow[],
  asOf: string,
): ReadonlyMap<string, OnlineRow> {
  const atMicros = parseMicros(asOf);
  assert(atMicros !== null, 'a moment of ours is no time');
  const keys = listKeys(definition, rows);
  const computed = evaluateView(
    definition,
    rows,
    keys.map((values) => ({ keys: values, atMicros })),
  );
  return new Map(
    computed.flatMap(({ values, eventMicros }, index): [string, OnlineRow][] => {
      if (eventMicros === null) return [];
      const key = toEntityKey((keys[index] ?? []).map(String));
      return [[key, { values, eventTime: Math.floor(eventMicros / MICROS_PER_MS) }]];
    }),
  );
}

/** The one made last first. */
function compareStates(left: OnlineState, right: OnlineState): number {
  if (left.sequence !== right.sequence) return right.sequence - left.sequence;
  return left.definitionDigest < right.definitionDigest ? -1 : 1;
}
