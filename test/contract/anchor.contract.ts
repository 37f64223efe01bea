import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Anchor, Checkpoint } from '../../reconciler/ports/anchor.ts';

export type AnchorHarness = {
  readonly anchor: Anchor;
  /** The same anchor as another process would open it; itself when it lives in memory. */
  readonly reopen: () => Anchor;
  readonly close: () => Promise<void>;
};

export type AnchorSubject = {
  readonly name: string;
  readonly create: () => Promise<AnchorHarness>;
};

export function toCheckpoint(seq: number, change: Partial<Checkpoint> = {}): Checkpoint {
  const digit = (seq % 16).toString(16);
  return {
    zone: 'ae',
    seq,
    record: `sha256:${digit.repeat(64)}`,
    commit: digit.repeat(40),
    at: Date.UTC(2026, 0, 1, 0, 0, seq, 7),
    ...change,
  };
}

export function describeAnchor(subject: AnchorSubject): void {
  describe(`anchor: ${subject.name}`, () => {
    let harness: AnchorHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    afterEach(() => harness.close());

    it('has nothing at first', async () => {
      expect(await harness.anchor.list('ae')).toEqual([]);
    });

    it('keeps checkpoints in order, each zone for itself', async () => {
      const { anchor, reopen } = harness;
      const other = toCheckpoint(1, { zone: 'sa' });
      for (const checkpoint of [toCheckpoint(2), other, toCheckpoint(5)]) {
        await anchor.append(checkpoint);
      }
      for (const view of [anchor, reopen()]) {
        expect(await view.list('ae')).toEqual([toCheckpoint(2), toCheckpoint(5)]);
        expect(await view.list('sa')).toEqual([other]);
        expect(await view.list('none')).toEqual([]);
      }
    });

    it('refuses to go back', async () => {
      const { anchor, reopen } = harness;
      await anchor.append(toCheckpoint(5));
      await expect(anchor.append(toCheckpoint(4))).rejects.toMatchObject({ code: 'P410' });
      await expect(reopen().append(toCheckpoint(1))).rejects.toMatchObject({ code: 'P410' });
      expect(await anchor.list('ae')).toEqual([toCheckpoint(5)]);
    });

    it('takes the same checkpoint again, and keeps it once', async () => {
      const { anchor } = harness;
      await anchor.append(toCheckpoint(5));
      await anchor.append(toCheckpoint(5, { at: Date.UTC(2026, 1, 1) }));
      expect(await anchor.list('ae')).toEqual([toCheckpoint(5)]);
    });

    it('refuses another record or commit under a number that it has', async () => {
      const { anchor } = harness;
      await anchor.append(toCheckpoint(5));
      const others = [{ record: toCheckpoint(6).record }, { commit: toCheckpoint(6).commit }];
      for (const change of others) {
        const appended = anchor.append(toCheckpoint(5, change));
        await expect(appended).rejects.toMatchObject({ code: 'P410' });
      }
    });

    it('keeps what is appended at once', async () => {
      const { anchor } = harness;
      const checkpoints = Array.from({ length: 20 }, (_, index) => toCheckpoint(index + 1));
      await Promise.all(checkpoints.map((checkpoint) => anchor.append(checkpoint)));
      expect(await anchor.list('ae')).toEqual(checkpoints);
    });
  });
}
