import { describe, expect, it } from 'vitest';
import { type Judgement, judgeRollout } from '../../../reconciler/core/rollout/judge-rollout.ts';
import type { JudgeSpec } from '../../../reconciler/core/rollout/judge-spec.ts';
import { recomputeLook, recordLook } from '../../../reconciler/core/rollout/look-record.ts';
import type { WeightEpoch } from '../../../reconciler/core/rollout/weight-epoch.ts';
import { makeArm, makeEpoch, makeLatency, makeSpec } from './rollout-samples.ts';

const DAY_MS = 86_400_000;
const EARLY = { now: 1_000, startedAt: 0, latched: null } as const;
const LATE = { ...EARLY, now: 14 * DAY_MS };

const HEALTHY = [makeEpoch(0.1, makeArm(400), makeArm(3600))];
const FEW = [makeEpoch(0.1, makeArm(10), makeArm(90))];
const FAILING = [makeEpoch(0.1, makeArm(400, { failures: 40 }), makeArm(3600, { failures: 36 }))];
const MISROUTED = [makeEpoch(0.1, makeArm(2000, { failures: 200 }), makeArm(2000))];

const SHOWN = ['verdict', 'reason'] as const;

function judge(
  epochs: readonly WeightEpoch[],
  look: Parameters<typeof judgeRollout>[2] = EARLY,
  change: Partial<JudgeSpec> = {},
): Pick<Judgement, (typeof SHOWN)[number]> {
  const { verdict, reason } = judgeRollout(makeSpec(change), epochs, look);
  return { verdict, reason };
}

describe('the judge', () => {
  it('promotes what has shown that it keeps the objective', () => {
    expect(judge(HEALTHY)).toEqual({ verdict: 'promote', reason: 'evidence-suffices' });
    expect(judge(FEW)).toEqual({ verdict: 'hold', reason: 'undecided' });
    expect(judge([])).toEqual({ verdict: 'hold', reason: 'undecided' });
  });

  it('does not count for the canary what it did before the rollout', () => {
    const before = makeEpoch(0, makeArm(5000), makeArm(5000));
    expect(judge([before, ...FEW])).toEqual({ verdict: 'hold', reason: 'undecided' });
  });

  it('rolls back what fails more often, and says by how much', () => {
    const judged = judgeRollout(makeSpec(), FAILING, EARLY);
    expect(judged).toMatchObject({ verdict: 'rollback', reason: 'guardrail-crossed' });
    expect(judged.message).toBe(
      'the canary fails more often (40 of 76, where its traffic would explain 8)',
    );
  });

  it('rolls back where both would be right', () => {
    // A tenth of the failures that are allowed, and far more than those of the stable version.
    const worse = makeArm(60_000, { failures: 60 });
    const both = [makeEpoch(0.1, worse, makeArm(540_000, { failures: 54 }))];
    const { verdict, evidence } = judgeRollout(makeSpec(), both, EARLY);
    expect(evidence.absolute?.hasCrossed).toBe(true);
    expect(verdict).toBe('rollback');
  });

  it('holds where requests do not arrive as declared, whatever else was counted', () => {
    const expected = { verdict: 'hold', reason: 'sample-ratio-mismatch' };
    expect(judge(MISROUTED)).toEqual(expected);
    expect(judge(MISROUTED, { ...EARLY, latched: 'promote' })).toEqual(expected);
    expect(judgeRollout(makeSpec(), MISROUTED, LATE).isOverdue).toBe(true);
  });

  it('rolls back a canary that decides otherwise, to either side', () => {
    const positives = (count: number) => [
      makeEpoch(0.1, makeArm(1000, { positives: count }), makeArm(9000, { positives: 900 })),
    ];
    expect(judge(positives(100)).verdict).toBe('promote');
    const more = judgeRollout(makeSpec(), positives(250), EARLY);
    expect(more.verdict).toBe('rollback');
    expect(more.message).toContain('decides positively more often (250 of 1150');
    const fewer = judgeRollout(makeSpec(), positives(0), EARLY);
    expect(fewer.verdict).toBe('rollback');
    expect(fewer.message).toContain('decides positively less often (0 of 900');
  });

  it('sees that nothing is refused any more where nearly everything is accepted', () => {
    const accepting = [
      makeEpoch(0.1, makeArm(1000, { positives: 1000 }), makeArm(9000, { positives: 8550 })),
    ];
    expect(judgeRollout(makeSpec(), accepting, EARLY).message).toContain('positively more often');
  });

  it('rolls back a canary that is slow, by what the stable version was before', () => {
    const before = makeEpoch(0, null, makeArm(5000));
    const slow = makeEpoch(0.1, makeArm(400, { latency: makeLatency(400, 7) }), makeArm(3600));
    const judged = judgeRollout(makeSpec(), [before, slow], EARLY);
    expect(judged.message).toContain('is slow more often (400 of 400');
    const latency = judged.evidence.guardrails.find(({ metric }) => metric === 'latency');
    expect(latency?.cuts).toEqual([{ weight: 0.1, fromMs: 20 }]);
    // Without anything before, less than a tenth of a second is not slow.
    expect(judge([slow]).verdict).toBe('promote');
  });
});

describe('a judge that lacks counts', () => {
  it.each([
    ['the canary', makeEpoch(0.1, null, makeArm(3600))],
    ['the stable version', makeEpoch(0.1, makeArm(400), null)],
    ['latency', makeEpoch(0.1, makeArm(400, { latency: null }), makeArm(3600))],
    ['decisions', makeEpoch(0.1, makeArm(400), makeArm(3600, { positives: null }))],
  ])('of %s holds, with a reason', (_, epoch) => {
    const expected = { verdict: 'hold', reason: 'counts-missing' };
    expect(judge([...HEALTHY, epoch])).toEqual(expected);
    expect(judge([...HEALTHY, epoch], { ...EARLY, latched: 'promote' })).toEqual(expected);
    // What was read still speaks.
    expect(judge([...FAILING, epoch]).verdict).toBe('rollback');
  });

  it('does not ask for what is not guarded, nor for a side that has no traffic', () => {
    const silent = makeArm(400, { latency: null, positives: null });
    const [failures] = makeSpec().guardrails;
    const only = { guardrails: failures === undefined ? [] : [failures] };
    expect(judge([makeEpoch(0.1, silent, makeArm(3600))], EARLY, only).verdict).toBe('promote');
    expect(judge([makeEpoch(1, makeArm(400), null)]).verdict).toBe('promote');
    expect(judge([makeEpoch(0, null, makeArm(400)), ...HEALTHY]).verdict).toBe('promote');
  });
});

describe('at the deadline', () => {
  it('nothing is promoted that was not before, and a person is asked', () => {
    expect(judge(FEW, LATE)).toEqual({ verdict: 'hold', reason: 'deadline' });
    expect(judge(HEALTHY, LATE)).toEqual({ verdict: 'hold', reason: 'deadline' });
    expect(judge(HEALTHY, { ...LATE, now: LATE.now - 1 }).verdict).toBe('promote');
    expect(judge(HEALTHY, { ...LATE, latched: 'promote' }).verdict).toBe('promote');
    expect(judge(FAILING, LATE).verdict).toBe('rollback');
  });
});

describe('a verdict that was given', () => {
  it('stands when the evidence falls again', () => {
    expect(judge(FEW, { ...EARLY, latched: 'promote' })).toEqual({
      verdict: 'promote',
      reason: 'decided-before',
    });
    expect(judge(HEALTHY, { ...EARLY, latched: 'rollback' })).toEqual({
      verdict: 'rollback',
      reason: 'decided-before',
    });
  });

  it('to promote does not keep what turns bad from being rolled back', () => {
    expect(judge(FAILING, { ...EARLY, latched: 'promote' })).toEqual({
      verdict: 'rollback',
      reason: 'guardrail-crossed',
    });
  });
});

describe('guardrails', () => {
  const thresholds = (change: Partial<JudgeSpec>) =>
    judgeRollout(makeSpec(change), HEALTHY, EARLY).evidence.guardrails.map(({ more, fewer }) =>
      [more, fewer].map((one) => (one === null ? null : Math.round(Math.exp(one.threshold)))),
    );

  it('share the probability of a false rollback, and both sides of one share again', () => {
    expect(thresholds({})).toEqual([
      [300, null],
      [300, null],
      [600, 600],
    ]);
  });

  it('that are critical have all of it to themselves', () => {
    const guardrails = makeSpec().guardrails.map((one) => ({
      ...one,
      isCritical: one.metric === 'failures',
    }));
    expect(thresholds({ guardrails })).toEqual([
      [100, null],
      [200, null],
      [400, 400],
    ]);
  });

  it('are crossed by equality', () => {
    const [failures] = makeSpec().guardrails;
    const one = failures === undefined ? [] : [failures];
    const epochs = [makeEpoch(0.1, makeArm(40, { failures: 12 }), makeArm(360, { failures: 36 }))];
    // The evidence of 12 and 36 to nine decimals is 3.422839017.
    const rollbackAlpha = Math.exp(-3.422839017);
    const spec = { guardrails: one, rollbackAlpha };
    expect(judge(epochs, EARLY, spec).verdict).toBe('rollback');
    const above = { ...spec, rollbackAlpha: Math.exp(-3.422839018) };
    expect(judge(epochs, EARLY, above).verdict).toBe('hold');
  });
});

describe('promotion by comparison', () => {
  const ASKED = { margin: 1.25 };
  const compared = (canary: number, stable: number) => [
    makeEpoch(
      0.5,
      makeArm(1_000_000, { failures: canary }),
      makeArm(1_000_000, { failures: stable }),
    ),
  ];

  it('asks for every guardrail to be shown no worse than the margin', () => {
    const [failures] = makeSpec().guardrails;
    const guardrails = failures === undefined ? [] : [failures];
    const only = { ...ASKED, guardrails };
    expect(judge(compared(2000, 2000), EARLY, only).verdict).toBe('promote');
    expect(judge(compared(20, 20), EARLY, only).verdict).toBe('hold');
    // No request was slow, so nothing is shown of how often they are.
    expect(judge(compared(2000, 2000), EARLY, ASKED).verdict).toBe('hold');
    expect(judge(compared(2000, 2000), EARLY, { ...only, maxFailureRate: null }).verdict).toBe(
      'promote',
    );
  });

  it('asks for equal decisions on both sides', () => {
    const guardrails = makeSpec().guardrails.filter(({ metric }) => metric === 'positive-rate');
    const only = { ...ASKED, guardrails, maxFailureRate: null };
    expect(judge(compared(0, 0), EARLY, only).verdict).toBe('promote');
    const fewer = makeEpoch(
      0.5,
      makeArm(10_000, { positives: 800 }),
      makeArm(10_000, { positives: 1000 }),
    );
    expect(judge([fewer], EARLY, only).verdict).toBe('hold');
  });

  it('needs something to go by', () => {
    for (const margin of [null, 1.25]) {
      const spec = { guardrails: [], maxFailureRate: null, margin };
      expect(judge(HEALTHY, EARLY, spec)).toEqual({ verdict: 'hold', reason: 'no-promotion-rule' });
    }
  });
});

describe('the record of a look', () => {
  it('leads anyone to the same verdict, from its text alone', () => {
    for (const epochs of [HEALTHY, FAILING, MISROUTED, FEW]) {
      const record = recordLook(makeSpec({ margin: 1.25 }), epochs, EARLY);
      const read: typeof record = JSON.parse(JSON.stringify(record));
      expect(recomputeLook(read)).toEqual({ isSame: true, judgement: record.judgement });
    }
  });

  it('is found out when its verdict is not that of its counts', () => {
    const honest = recordLook(makeSpec(), FAILING, EARLY);
    const forged = { ...honest, judgement: { ...honest.judgement, verdict: 'hold' as const } };
    expect(recomputeLook(forged)).toEqual({ isSame: false, judgement: honest.judgement });
    expect(recomputeLook({ ...honest, epochs: HEALTHY }).isSame).toBe(false);
  });
});

describe('what cannot be', () => {
  it.each([
    makeEpoch(0.1, makeArm(400, { failures: 401, rows: 0 }), makeArm(3600)),
    makeEpoch(0.1, makeArm(400, { failures: -1 }), makeArm(3600)),
    makeEpoch(0.1, makeArm(400.5), makeArm(3600)),
    makeEpoch(0.1, makeArm(400), makeArm(3600, { positives: 4000 })),
    makeEpoch(0.1, makeArm(400), makeArm(3600, { latency: [3600] })),
    makeEpoch(1.1, makeArm(400), makeArm(3600)),
    makeEpoch(Number.NaN, makeArm(400), makeArm(3600)),
    makeEpoch(0.1, makeArm(2 ** 53), makeArm(3600)),
  ])('is not judged', (epoch) => {
    expect(() => judge([epoch])).toThrow(RangeError);
  });

  it.each([
    { rollbackAlpha: 0 },
    { promoteAlpha: 1 },
    { maxFailureRate: 0 },
    { margin: 1 },
    { ratio: { alpha: 0.001, tolerance: 0.9 } },
    { guardrails: [...makeSpec().guardrails, ...makeSpec().guardrails] },
    { guardrails: makeSpec().guardrails.map((one) => ({ ...one, tolerance: Number.NaN })) },
  ])('is not judged by', (change) => {
    expect(() => judge(HEALTHY, EARLY, change)).toThrow(RangeError);
  });
});
