import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDefinitionDigest } from '../../reconciler/core/features/contract.ts';
import { toEntityKey } from '../../reconciler/core/features/entity-key.ts';
import type { SourceRow } from '../../reconciler/core/features/evaluate-view.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import type { OnlineFeatures } from '../../reconciler/ports/online-features.ts';
import type { StoredSnapshot } from '../../reconciler/ports/snapshots.ts';
import { BASE_MICROS, SAMPLE_VIEW } from '../support/feature-samples.ts';

export type OnlineFeaturesSubject = {
  readonly name: string;
  create(): Promise<{
    readonly onlineFeatures: OnlineFeatures;
    /** Makes an accepted snapshot of sample rows. */
    store(rows: readonly SourceRow[]): Promise<StoredSnapshot>;
    close(): Promise<void>;
  }>;
};

const SECOND = 1_000_000;

const DEFINITION: ViewDefinition = {
  ...SAMPLE_VIEW,
  timeToLiveSeconds: 60,
  features: [
    { name: 'last', kind: 'latest', column: 'amount', categories: null },
    { name: 'kind', kind: 'latest', column: 'kind', categories: ['a', 'b'] },
    { name: 'sum', kind: 'aggregate', function: 'sum', column: 'amount', windowSeconds: 100 },
    { name: 'mean', kind: 'aggregate', function: 'mean', column: 'amount', windowSeconds: 100 },
  ],
};
const DIGEST = toDefinitionDigest(DEFINITION);
const OTHER: ViewDefinition = { ...DEFINITION, features: DEFINITION.features.slice(0, 1) };

export function describeOnlineFeatures(subject: OnlineFeaturesSubject): void {
  describe(subject.name, () => {
    let made: Awaited<ReturnType<OnlineFeaturesSubject['create']>>;
    const { asRow, at } = createRowMaker();

    beforeEach(async () => {
      made = await subject.create();
    });
    afterEach(() => made.close());

    /** As whoever makes rows does: the number first, then which snapshot is accepted. */
    const materialise = async (definition: ViewDefinition, snapshot: StoredSnapshot) =>
      made.onlineFeatures.materialise(
        definition,
        snapshot,
        await made.onlineFeatures.takeSequence(),
      );
    const read = (keys: readonly (readonly [string, bigint])[]) =>
      made.onlineFeatures.read(
        keys.map((key) => ({ definitionDigest: DIGEST, entityKey: toEntityKey(key) })),
      );

    it('answers each key in order, and null for one it does not know', async () => {
      const { store } = made;
      const snapshot = await store([
        asRow(['1', 12n], 1, 0.1),
        asRow(['1', 12n], 2, 0.2),
        asRow(['11', 2n], 3, null),
      ]);
      await materialise(DEFINITION, snapshot);
      const first = { values: [0.2, 1, 0.1 + 0.2, (0.1 + 0.2) / 2], eventTime: at(2) };
      const second = { values: [null, 1, 0, null], eventTime: at(3) };
      const asked = [
        ['11', 2n],
        ['1', 2n],
        ['1', 12n],
        ['11', 2n],
      ] as const;
      expect(await read(asked)).toEqual([second, null, first, second]);
      expect(await read([])).toEqual([]);
    });

    it('says of what its rows are, and nothing before there are any', async () => {
      const { onlineFeatures, store } = made;
      expect(await onlineFeatures.readState(DIGEST)).toBeNull();
      expect(await onlineFeatures.readDefinition(DIGEST)).toBeNull();
      expect(await onlineFeatures.listStates(DEFINITION.view)).toEqual([]);
      expect(await read([['1', 12n]])).toEqual(['not-made']);
      const snapshot = await store([asRow(['1', 12n], 1, 1), asRow(['11', 2n], 3, 1)]);
      const state = await materialise(DEFINITION, snapshot);
      expect(state).toEqual({
        view: 'payments/sample',
        definitionDigest: DIGEST,
        snapshotDigest: snapshot.record.digest,
        asOf: '2026-03-01T00:00:03.000001Z',
        rows: 2,
        sequence: state.sequence,
      });
      expect(await onlineFeatures.readState(DIGEST)).toEqual(state);
      expect(await onlineFeatures.listStates(DEFINITION.view)).toEqual([state]);
      expect(await onlineFeatures.readDefinition(DIGEST)).toEqual(DEFINITION);
    });

    it('lets go of keys that a later snapshot no longer has', async () => {
      const { store } = made;
      await materialise(
        DEFINITION,
        await store([asRow(['1', 12n], 1, 1), asRow(['11', 2n], 1, 1)]),
      );
      const later = await store([asRow(['1', 12n], 4, 5)]);
      expect(await materialise(DEFINITION, later)).toMatchObject({ rows: 1 });
      const [kept, gone] = await read([
        ['1', 12n],
        ['11', 2n],
      ]);
      expect(kept).toMatchObject({ eventTime: at(4) });
      expect(gone).toBeNull();
    });

    it('has the rows of what was accepted last, also when it reaches less far or has no rows', async () => {
      const { store } = made;
      const further = await store([asRow(['1', 12n], 2, 2), asRow(['11', 2n], 2, 2)]);
      const corrected = await store([asRow(['1', 12n], 1, 1)]);
      await materialise(DEFINITION, further);
      expect(await materialise(DEFINITION, corrected)).toMatchObject({
        snapshotDigest: corrected.record.digest,
        asOf: '2026-03-01T00:00:01.000001Z',
        rows: 1,
      });
      const asked = [
        ['1', 12n],
        ['11', 2n],
      ] as const;
      const [kept, gone] = await read(asked);
      expect([kept, gone]).toEqual([{ values: [1, 1, 1, 1], eventTime: at(1) }, null]);
      expect(await materialise(DEFINITION, await store([]))).toMatchObject({ rows: 0 });
      expect(await read(asked)).toEqual([null, null]);
    });

    it('changes nothing for who began before, however late it comes', async () => {
      const { onlineFeatures, store } = made;
      const earlier = await onlineFeatures.takeSequence();
      const older = await store([asRow(['11', 2n], 9, 1)]);
      const later = await onlineFeatures.takeSequence();
      const newer = await store([asRow(['1', 12n], 2, 2)]);
      expect(later).toBeGreaterThan(earlier);
      const state = await onlineFeatures.materialise(DEFINITION, newer, later);
      expect(await onlineFeatures.materialise(DEFINITION, older, earlier)).toEqual(state);
      const [kept, absent] = await read([
        ['1', 12n],
        ['11', 2n],
      ]);
      expect(kept).toMatchObject({ eventTime: at(2) });
      expect(absent).toBeNull();
    });

    it('ends with who began last, whoever comes first', async () => {
      const { onlineFeatures, store } = made;
      const seconds = [1, 3, 2];
      const attempts: (() => Promise<unknown>)[] = [];
      for (const second of seconds) {
        const sequence = await onlineFeatures.takeSequence();
        const snapshot = await store([asRow(['1', 12n], second, second)]);
        attempts.push(() => onlineFeatures.materialise(DEFINITION, snapshot, sequence));
      }
      await Promise.all(attempts.reverse().map((attempt) => attempt()));
      expect(await read([['1', 12n]])).toMatchObject([{ eventTime: at(2) }]);
    });

    it('may be asked for the same again', async () => {
      const { onlineFeatures, store } = made;
      const snapshot = await store([asRow(['1', 12n], 1, 1)]);
      const sequence = await onlineFeatures.takeSequence();
      const state = await onlineFeatures.materialise(DEFINITION, snapshot, sequence);
      const rows = await read([['1', 12n]]);
      expect(await onlineFeatures.materialise(DEFINITION, snapshot, sequence)).toEqual(state);
      expect(await read([['1', 12n]])).toEqual(rows);
    });

    it('makes no row of a snapshot without rows, nor of a key whose rows are still to come', async () => {
      const { store } = made;
      const empty = await materialise(DEFINITION, await store([]));
      expect(empty).toMatchObject({ rows: 0, asOf: '1970-01-01T00:00:00.000000Z' });
      const ahead = { ...asRow(['11', 2n], 50, 1), availableMicros: BASE_MICROS };
      const snapshot = await store([asRow(['1', 12n], 1, 1), ahead]);
      expect(await materialise(DEFINITION, snapshot)).toMatchObject({ rows: 1 });
      expect(await read([['11', 2n]])).toEqual([null]);
    });

    it('keeps two definitions of a view side by side until the view is removed', async () => {
      const { onlineFeatures, store } = made;
      const first = await materialise(DEFINITION, await store([asRow(['1', 12n], 1, 1)]));
      const second = await materialise(OTHER, await store([asRow(['1', 12n], 2, 2)]));
      const elsewhere = { ...OTHER, view: 'payments/another' };
      await materialise(elsewhere, await store([asRow(['1', 12n], 2, 2)]));
      expect(await onlineFeatures.listStates(DEFINITION.view)).toEqual([second, first]);
      expect(await read([['1', 12n]])).toMatchObject([{ values: [1, 1, 1, 1] }]);
      await onlineFeatures.remove(DEFINITION.view);
      await onlineFeatures.remove(DEFINITION.view);
      expect(await onlineFeatures.listStates(DEFINITION.view)).toEqual([]);
      expect(await onlineFeatures.readDefinition(DIGEST)).toBeNull();
      expect(await read([['1', 12n]])).toEqual(['not-made']);
      expect(await onlineFeatures.listStates(elsewhere.view)).toHaveLength(1);
    });

    it('lets go of the rows of a definition, whose words stay, and makes them again', async () => {
      const { onlineFeatures, store } = made;
      const snapshot = await store([asRow(['1', 12n], 1, 1)]);
      await materialise(DEFINITION, snapshot);
      const kept = await materialise(OTHER, snapshot);
      await onlineFeatures.keepOnly(DEFINITION.view, [toDefinitionDigest(OTHER)]);
      await onlineFeatures.keepOnly(DEFINITION.view, [toDefinitionDigest(OTHER)]);
      expect(await onlineFeatures.listStates(DEFINITION.view)).toEqual([kept]);
      expect(await read([['1', 12n]])).toEqual(['not-made']);
      expect(await onlineFeatures.readState(DIGEST)).toBeNull();
      expect(await onlineFeatures.readDefinition(DIGEST)).toEqual(DEFINITION);
      await materialise(DEFINITION, snapshot);
      expect(await read([['1', 12n]])).toMatchObject([{ values: [1, 1, 1, 1] }]);
      await onlineFeatures.keepOnly(DEFINITION.view, []);
      expect(await onlineFeatures.listStates(DEFINITION.view)).toEqual([]);
    });
  });
}

function createRowMaker() {
  let sequence = 0;
  return {
    at: (seconds: number) => BASE_MICROS / 1000 + seconds * 1000,
    asRow(key: readonly [string, bigint], seconds: number, amount: number | null): SourceRow {
      sequence += 1;
      const moment = BASE_MICROS + seconds * SECOND;
      const [region, account] = key;
      return {
        eventMicros: moment,
        availableMicros: moment,
        sequence,
        columns: { region, account, amount, quantity: null, flag: null, kind: 'b' },
      };
    },
  };
}
