import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouteAcknowledgement } from '../../../reconciler/core/contracts/generated/route-acknowledgement.generated.ts';
import {
  advanceRollout,
  type RolloutAdvance,
  type RolloutInput,
  type RolloutJudgement,
} from '../../../reconciler/core/rollout/advance-rollout.ts';
import { hearWeight } from '../../../reconciler/core/rollout/hear-weight.ts';
import {
  type RolloutPosition,
  recordWeight,
} from '../../../reconciler/core/rollout/rollout-position.ts';
import {
  findStepProblem,
  type RolloutStep,
} from '../../../reconciler/core/rollout/rollout-steps.ts';

const HOUR_MS = 3_600_000;

const STEPS: readonly RolloutStep[] = [
  { kind: 'setWeight', percent: 5 },
  { kind: 'pause', durationMs: HOUR_MS },
  { kind: 'setWeight', percent: 50 },
  { kind: 'analysis' },
];

const GOAL = { release: 'one', canary: 'sha256:b', stable: 'sha256:a' };
const HEARD = { state: 'acknowledged' } as const;
const AWAITED = { state: 'awaited', nodes: ['serve-1'] } as const;

const HOLD: RolloutJudgement = {
  verdict: 'hold',
  reason: 'undecided',
  message: 'not yet',
  isOverdue: false,
};
const PROMOTE: RolloutJudgement = { ...HOLD, verdict: 'promote', message: 'good' };
const ROLLBACK: RolloutJudgement = { ...HOLD, verdict: 'rollback', message: 'bad' };

const START: RolloutInput = {
  steps: STEPS,
  goal: GOAL,
  position: null,
  weight: HEARD,
  judgement: HOLD,
  decision: null,
  now: 0,
};

/** Performs what was asked for: routes get a new revision when a weight is written. */
function perform({ action, position }: RolloutAdvance): RolloutPosition {
  if (action.kind !== 'setWeight') return position;
  return recordWeight(position, (position.stages.at(-1)?.fromRevision ?? 0) + 3);
}

/** One look after another, each with what it changes; the actions in short. */
function play(changes: readonly Partial<RolloutInput>[], from = START): readonly string[] {
  const seen: string[] = [];
  let input = from;
  for (const change of changes) {
    input = { ...input, ...change };
    const advance = advanceRollout(input);
    const { action } = advance;
    seen.push(action.kind === 'setWeight' ? `setWeight ${action.percent}` : action.kind);
    input = { ...input, position: perform(advance) };
  }
  return seen;
}

describe('a rollout', () => {
  it('loads the canary, then goes through its steps as they are confirmed and judged', () => {
    const seen = play([
      {},
      { weight: AWAITED },
      { weight: HEARD },
      { weight: AWAITED, now: 10 },
      { weight: HEARD, now: HOUR_MS },
      // The pause begins when the weight is seen to be in force, not when it was written.
      { now: 2 * HOUR_MS - 1 },
      { now: 2 * HOUR_MS },
      {},
      { judgement: PROMOTE },
      {},
    ]);
    expect(seen).toEqual([
      ...['setWeight 0', 'wait', 'setWeight 5', 'wait', 'wait', 'wait', 'setWeight 50', 'wait'],
      ...['promote', 'promote'],
    ]);
  });

  it('says until when it waits, and on what', () => {
    const position = perform(advanceRollout({ ...START, position: loaded() }));
    const input = { ...START, position, now: 7 };
    expect(advanceRollout(input).action).toEqual({
      kind: 'wait',
      on: 'a pause',
      until: 7 + HOUR_MS,
    });
    const unheard = advanceRollout({ ...input, weight: AWAITED }).action;
    expect(unheard).toMatchObject({ kind: 'wait', until: null });
    expect(unheard).toMatchObject({ on: expect.stringContaining('serve-1') });
    const refused = { state: 'refused', node: 'serve-1', why: 'not there' } as const;
    expect(advanceRollout({ ...input, weight: refused }).action).toMatchObject({
      on: expect.stringContaining('cannot load the version: not there'),
    });
  });

  it('remembers which revisions carried which weight', () => {
    const first = perform(advanceRollout({ ...START, position: loaded() }));
    expect(first.stages).toEqual([
      { fromRevision: 3, percent: 0 },
      { fromRevision: 6, percent: 5 },
    ]);
    expect(recordWeight(first, 99)).toEqual(first);
  });

  it('rolls back at once, confirmed or not, and stays so', () => {
    const seen = play([
      {},
      {},
      { weight: AWAITED, judgement: ROLLBACK },
      { judgement: PROMOTE, weight: HEARD },
    ]);
    expect(seen).toEqual(['setWeight 0', 'setWeight 5', 'rollback', 'rollback']);
  });

  it('does not give more traffic where counts cannot be trusted', () => {
    for (const reason of ['sample-ratio-mismatch', 'counts-missing'] as const) {
      const late = { judgement: { ...HOLD, reason }, now: 3 * HOUR_MS };
      expect(play([{}, {}, {}, late])).toEqual(['setWeight 0', 'setWeight 5', 'wait', 'wait']);
    }
  });

  it('asks a person at the deadline, and does what is answered', () => {
    const overdue = { judgement: { ...HOLD, reason: 'deadline', isOverdue: true } } as const;
    const answers = (decision: 'promote' | 'rollback') => play([{}, {}, overdue, { decision }]);
    expect(answers('promote')).toEqual(['setWeight 0', 'setWeight 5', 'askPerson', 'promote']);
    expect(answers('rollback')).toEqual(['setWeight 0', 'setWeight 5', 'askPerson', 'rollback']);
    const unheard = advanceRollout({ ...START, ...overdue, position: loaded(), weight: AWAITED });
    expect(unheard.action).toMatchObject({ kind: 'askPerson' });
    // What was found good before the deadline goes on after it.
    const good = { judgement: { ...PROMOTE, isOverdue: true }, now: 2 * HOUR_MS };
    expect(play([{}, {}, good])).toEqual(['setWeight 0', 'setWeight 5', 'wait']);
  });

  it('promotes by a person only what nodes have loaded', () => {
    const input = { ...START, position: loaded(), decision: 'promote', weight: AWAITED } as const;
    expect(advanceRollout(input).action.kind).toBe('wait');
  });

  it('starts anew from the last good version when another release comes', () => {
    const second = { release: 'two', canary: 'sha256:c', stable: 'sha256:b' };
    const middle = perform(advanceRollout({ ...START, position: loaded() }));
    const anew = advanceRollout({ ...START, position: middle, goal: second, judgement: ROLLBACK });
    expect(anew.action).toEqual({ kind: 'setWeight', percent: 0 });
    expect(anew.position).toMatchObject({ canary: 'sha256:c', stable: 'sha256:a', stages: [] });
    for (const [end, stable] of [
      ['promoted', 'sha256:b'],
      ['rolledBack', 'sha256:a'],
    ] as const) {
      const after = advanceRollout({ ...START, position: { ...middle, end }, goal: second });
      expect(after.position).toMatchObject({ stable, step: 0, end: null, latched: null });
    }
  });

  it('goes back to the last good version in one step', () => {
    const middle = perform(advanceRollout({ ...START, position: loaded() }));
    const back = { release: 'back', canary: 'sha256:a', stable: 'sha256:b' };
    expect(advanceRollout({ ...START, position: middle, goal: back }).action.kind).toBe('promote');
  });

  it('has nothing to compare with where nothing serves', () => {
    const goal = { ...GOAL, stable: null };
    expect(advanceRollout({ ...START, goal }).action.kind).toBe('promote');
  });

  it('without steps or analysis is done when the version is loaded', () => {
    const plain = { ...START, steps: [], judgement: null };
    expect(play([{}, { weight: AWAITED }, { weight: HEARD }], plain)).toEqual([
      'setWeight 0',
      'wait',
      'promote',
    ]);
  });

  it('asks a person for what its steps can never decide', () => {
    expect(play([{}, {}], { ...START, steps: [] })).toEqual(['setWeight 0', 'askPerson']);
    const unjudged = { ...START, judgement: null, steps: STEPS.slice(2) };
    expect(play([{}, {}, {}], unjudged)).toEqual(['setWeight 0', 'setWeight 50', 'askPerson']);
  });
});

function loaded(): RolloutPosition {
  return perform(advanceRollout(START));
}

const anyStep: fc.Arbitrary<RolloutStep> = fc.oneof(
  fc.record({ kind: fc.constant('setWeight' as const), percent: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ kind: fc.constant('pause' as const), durationMs: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ kind: fc.constant('analysis' as const) }),
);

const anyChange = fc.record(
  {
    weight: fc.constantFrom(HEARD, HEARD, HEARD, AWAITED),
    judgement: fc.constantFrom(HOLD, HOLD, PROMOTE, { ...HOLD, isOverdue: true }, ROLLBACK, null),
    now: fc.nat(500),
  },
  { requiredKeys: [] },
);

describe('any rollout', () => {
  it('only grows, moves on confirmed weights alone, and ends once', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 8 }), fc.array(anyChange), (steps, changes) => {
        let input: RolloutInput = { ...START, steps };
        for (const change of changes) {
          input = { ...input, ...change, now: Math.max(input.now, change.now ?? 0) };
          const before = input.position;
          const { action, position } = advanceRollout(input);
          expect(position.percent).toBeGreaterThanOrEqual(before?.percent ?? 0);
          expect(position.step).toBeGreaterThanOrEqual(before?.step ?? 0);
          if (input.weight.state !== 'acknowledged' && before !== null) {
            expect(position.step).toBe(before.step);
          }
          if (before?.end !== undefined && before.end !== null) expect(position).toEqual(before);
          const isRolledBack = input.judgement?.verdict === 'rollback' && before?.end === null;
          if (isRolledBack) expect(action.kind).toBe('rollback');
          // Asked again with what it asked to record, it says the same.
          const again = advanceRollout({
            ...input,
            judgement: before && input.judgement,
            position,
          });
          expect(again.position).toEqual(position);
          expect(again.action.kind).toBe(action.kind);
          input = { ...input, position: perform({ action, position }) };
        }
      }),
    );
  });

  it('with good steps comes to its end when all is confirmed and judged good', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 8 }), (steps) => {
        fc.pre(findStepProblem(steps) === null);
        const looks = Array.from({ length: 20 }, (_, at) => ({ now: at * 50 }));
        const seen = play(looks, { ...START, steps, judgement: PROMOTE });
        expect(seen.at(-1)).toBe('promote');
        const weights = steps.flatMap((step) => (step.kind === 'setWeight' ? [step.percent] : []));
        const written = seen.filter((one) => one.startsWith('setWeight'));
        expect(written).toEqual([0, ...weights].map((percent) => `setWeight ${percent}`));
      }),
    );
  });
});

describe('steps', () => {
  it.each([
    [[{ kind: 'setWeight', percent: 0 }], 0, 'above 0'],
    [[{ kind: 'setWeight', percent: 101 }], 0, 'at most 100'],
    [
      [
        { kind: 'setWeight', percent: 10 },
        { kind: 'setWeight', percent: 10 },
      ],
      1,
      'only grow',
    ],
    [[{ kind: 'analysis' }], 0, 'nothing to judge'],
    [[{ kind: 'pause', durationMs: 0 }], 0, 'duration above zero'],
    [new Array(65).fill({ kind: 'pause', durationMs: 1 }), 64, 'more than 64'],
  ] as const)('that cannot be are named', (steps, at, words) => {
    const problem = findStepProblem(steps as readonly RolloutStep[]);
    expect(problem).toMatchObject({ at, message: expect.stringContaining(words) });
  });

  it('that can be are fine', () => {
    expect(findStepProblem(STEPS)).toBeNull();
    expect(findStepProblem([])).toBeNull();
  });
});

describe('a weight', () => {
  const word = (
    node: string,
    change: Partial<RouteAcknowledgement> = {},
  ): RouteAcknowledgement => ({
    v: 1,
    zone: 'ae',
    node,
    boot: 'boot-1',
    revision: 7,
    loaded: ['sha256:a', 'sha256:b'],
    failed: [],
    ...change,
  });
  const hear = (...acknowledgements: readonly RouteAcknowledgement[]) =>
    hearWeight({ revision: 7, canary: 'sha256:b', nodes: ['one', 'two'], acknowledgements });

  it('counts when every node follows it and has the canary', () => {
    expect(hear(word('one'), word('two', { revision: 9 }))).toEqual({ state: 'acknowledged' });
    expect(hear(word('one'))).toEqual({ state: 'awaited', nodes: ['two'] });
    expect(hear(word('one'), word('two', { revision: 6 }))).toMatchObject({ state: 'awaited' });
    expect(hear(word('one'), word('two', { loaded: ['sha256:a'] }))).toMatchObject({
      state: 'awaited',
    });
    expect(hear(word('one'), word('gone'))).toMatchObject({ nodes: ['two'] });
  });

  it('does not count where the canary cannot be loaded, nor without nodes', () => {
    const failed = [{ version: 'sha256:b', why: 'damaged' }];
    const refused = { state: 'refused', node: 'two', why: 'damaged' };
    expect(hear(word('one'), word('two', { loaded: [], failed }))).toEqual(refused);
    const nobody = { revision: 7, canary: 'sha256:b', nodes: [], acknowledgements: [word('one')] };
    expect(hearWeight(nobody)).toEqual({ state: 'awaited', nodes: [] });
  });
});
