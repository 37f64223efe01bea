import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Fence } from '../../reconciler/core/contracts/fence.ts';
import type { Intent, ZoneStore } from '../../reconciler/ports/store.ts';
import {
  COMMIT,
  makeAdmission,
  makeForm,
  makeIntent,
  makeOutcome,
  toTargetRef,
} from '../support/journal-samples.ts';
import { useTestDatabase } from '../support/postgres.ts';
import { createMemoryHarness, createPostgresHarness } from '../support/zone-stores.ts';
import type { ZoneStoreHarness } from './store/harness.ts';

const RUNS = 20;
const STEPS = { minLength: 30, maxLength: 50 };

const NAMES = ['alpha', 'beta'] as const;

/** Mostly by who took the lease last, sometimes by one who does not know that he was replaced. */
type Step = { readonly isOutdated: boolean; readonly command: Command };

/** A call, as plain data: the same for both stores, and printed when they differ. */
type Command =
  | { readonly call: 'acquire' | 'renew' | 'release' | 'expire' | 'read' }
  | {
      readonly call: 'openIntent' | 'recordOutcome' | 'complete';
      readonly name: string;
      readonly occurrence: number;
      readonly outcome: 'succeeded' | 'failed' | 'abandoned';
    }
  | { readonly call: 'admit'; readonly step: number; readonly variants: readonly number[] }
  | { readonly call: 'markLedgered'; readonly seq: number };

const effectCommand = fc.record({
  call: fc.constantFrom('openIntent', 'recordOutcome', 'complete'),
  name: fc.constantFrom(...NAMES),
  occurrence: fc.nat(2),
  outcome: fc.constantFrom('succeeded' as const, 'failed' as const, 'abandoned' as const),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constantFrom('acquire', 'acquire', 'acquire', 'renew', 'release', 'expire', 'read'),
    }),
  },
  { weight: 12, arbitrary: effectCommand },
  {
    weight: 3,
    arbitrary: fc.record({
      call: fc.constant('admit' as const),
      // Mostly the one that follows.
      step: fc.constantFrom(1, 1, 1, 0, 2),
      variants: fc.array(fc.nat(2), { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ call: fc.constant('markLedgered' as const), seq: fc.nat(6) }),
  },
);

describe('zone stores', () => {
  const testDatabase = useTestDatabase();

  const reached = new Set<string>();
  afterAll(() => {
    // A comparison of two stores that refuse everything would prove nothing.
    for (const answer of ['"open"', '"terminal"', 'P403', 'P405', 'without intent', '"seq":3']) {
      expect(
        [...reached].some((text) => text.includes(answer)),
        answer,
      ).toBe(true);
    }
  });

  it('give the same answers, in memory and in Postgres', async () => {
    // The lease is taken first, or most runs would only be refused.
    const first: Step = { isOutdated: false, command: { call: 'acquire' } };
    const isOutdated = fc.nat(9).map((draw) => draw === 0);
    const steps = fc
      .array(fc.record({ isOutdated, command }), STEPS)
      .map((rest): readonly Step[] => [first, ...rest]);
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const memory = await createMemoryHarness();
        const postgres = await createPostgresHarness(testDatabase());
        const expected = await perform(memory, sequence);
        expect(await perform(postgres, sequence)).toEqual(expected);
        for (const answer of expected) reached.add(JSON.stringify(answer));
      }),
      { numRuns: RUNS },
    );
  });
});

/** The answers to each call, and everything that can be read at the end. */
async function perform(
  harness: ZoneStoreHarness,
  steps: readonly Step[],
): Promise<readonly unknown[]> {
  const store = await harness.open();
  let fence: Fence = { holder: 'holder-0', epoch: 0 };
  let outdated = fence;
  const answers: unknown[] = [];
  const last: Step = { isOutdated: false, command: { call: 'read' } };
  for (const { isOutdated, command } of [...steps, last]) {
    if (command.call === 'expire') await harness.expireLease();
    const answer = await answerOf(() => performOne(store, isOutdated ? outdated : fence, command));
    if (command.call === 'acquire' && isFence(answer)) [outdated, fence] = [fence, answer];
    answers.push(answer);
  }
  return answers;
}

async function performOne(store: ZoneStore, fence: Fence, command: Command): Promise<unknown> {
  switch (command.call) {
    case 'acquire':
      return store.lease.acquire(`holder-${fence.epoch + 1}`, 600_000);
    case 'renew':
      return store.lease.renew(fence, 600_000);
    case 'release':
      return store.lease.release(fence);
    case 'expire':
      return 'expired';
    case 'openIntent':
      return store.journal.openIntent(fence, toIntent(command.name, command.occurrence));
    case 'complete':
    case 'recordOutcome': {
      const intent = toIntent(command.name, command.occurrence);
      if (command.call === 'complete') await store.journal.openIntent(fence, intent);
      const options = { outcome: command.outcome, epoch: fence.epoch, atMs: command.occurrence };
      return store.journal.recordOutcome(fence, makeOutcome(intent, options));
    }
    case 'admit': {
      const latest = (await store.admissions.readLatest())?.sequence ?? 0;
      const forms = command.variants.map((variant, at) => makeForm(`form-${at}`, variant));
      return store.admissions.admit(fence, makeAdmission(latest + command.step, forms));
    }
    case 'markLedgered':
      return store.outbox.markLedgered(fence, command.seq, COMMIT);
    case 'read':
      return readAll(store);
  }
}

/** Some of them are decided under an admission that is soon superseded, the others never are. */
function toIntent(name: string, occurrence: number): Intent {
  const admissionSequence = occurrence % 2 === 0 ? 1_000 : 1;
  return { ...makeIntent(name, occurrence), admissionSequence };
}

async function readAll(store: ZoneStore): Promise<unknown> {
  return {
    admission: await store.admissions.readLatest(),
    open: await store.journal.listOpenIntents(),
    recorded: await store.journal.listRecorded(),
    each: await Promise.all(NAMES.map((name) => store.journal.readRecorded(toTargetRef(name)))),
    pending: await store.outbox.listPending(3),
    backlog: await store.outbox.readBacklog(),
    tail: await store.outbox.readTail(),
  };
}

/** A failure is an answer too; of its text only what both stores share is compared. */
async function answerOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await call()) ?? null;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { failure: 'code' in error ? error.code : error.message };
  }
}

function isFence(answer: unknown): answer is Fence {
  return typeof answer === 'object' && answer !== null && 'epoch' in answer;
}
