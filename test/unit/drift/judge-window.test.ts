import { describe, expect, it } from 'vitest';
import type { DriftState } from '../../../reconciler/core/drift/drift-state.ts';
import { judgeWindow, toWindowMinimum } from '../../../reconciler/core/drift/judge-window.ts';
import type { WindowCounts } from '../../../reconciler/core/drift/subjects.ts';
import { roundForVerdict } from '../../../reconciler/core/statistics/crossing.ts';
import {
  EVEN,
  makeCounts,
  makeFeature,
  makeReference,
  makeWindow,
  SLANTED,
  SPEC,
  STEADY,
} from './drift-samples.ts';

const REFERENCE = makeReference([makeFeature('amount', EVEN), makeFeature('balance', EVEN)]);

/** Of 1,000 rows: what is far too many in the lower cells for chance. */
const FAR: readonly number[] = [200, 170, 150, 120, 90, 80, 70, 50, 40, 30];
const MIDDLE: readonly number[] = [180, 150, 140, 110, 95, 80, 75, 65, 55, 50];

const times = (factor: number, counts: readonly number[]) => counts.map((count) => count * factor);

const judge = (counts: WindowCounts, state: DriftState | null = null, spec = SPEC) =>
  judgeWindow(spec, REFERENCE, makeWindow(counts), state);

/** Judges one window after the other, and answers the last. */
function judgeAll(windows: readonly WindowCounts[], spec = SPEC) {
  const [first, ...others] = windows;
  if (first === undefined) throw new Error('there is a window');
  return others.reduce((last, counts) => judge(counts, last.state, spec), judge(first, null, spec));
}

describe('the verdict on a window', () => {
  it('is ok without a sign of a change', () => {
    const { verdict, state, record } = judge(makeCounts([STEADY, STEADY]));
    expect(verdict).toBe('ok');
    // Exactly as in training: e is a half, M = (1 + 0)·e, and nothing is gathered.
    expect(record.lnE).toBe(roundForVerdict(-Math.LN2));
    const { lnM, lnRun } = state;
    expect([lnM, lnRun]).toEqual([record.lnE, record.lnE]);
    expect(state).toMatchObject({ windows: 1, pooled: null, carried: null });
    expect(record.why).toMatch(/^no sign of a change: ln M is -0\.6931 and an alarm is at 5\.193$/);
  });

  it('is drift when it is sure and large, and then starts anew', () => {
    const { verdict, state, record } = judge(makeCounts([FAR, STEADY]));
    expect(verdict).toBe('drift');
    expect(record.effect?.by).toEqual({ kind: 'number', name: 'amount' });
    expect(record.effect?.value).toBeGreaterThanOrEqual(0.2);
    expect(record.lnM).toBeGreaterThan(Math.log(180));
    expect(state).toMatchObject({ lnM: null, windows: 0, pooled: null });
    expect(record.why).toMatch(/^the effect of amount is 0\.\d+ nats, at least 0\.2, and sure/);
  });

  it('is a warning between the two limits', () => {
    const { verdict, state, record } = judge(makeCounts([MIDDLE, STEADY]));
    expect(verdict).toBe('warn');
    expect(record.effect?.value).toBeGreaterThanOrEqual(0.1);
    expect(record.effect?.value).toBeLessThan(0.2);
    expect(state).toMatchObject({ lnM: null, windows: 0 });
  });

  it('is quiet when it is sure and too small to matter, and the detector runs on', () => {
    const many = makeCounts([times(20, SLANTED), times(20, STEADY)], times(20, STEADY));
    const { verdict, state, record } = judge(many);
    expect(verdict).toBe('quiet');
    expect(state.lnM).toBe(record.lnM);
    expect(state.windows).toBe(1);
    expect(record.why).toContain('too small to matter');
    const after = judge(many, state);
    expect(after.record.lnM).toBeGreaterThan(2 * (record.lnM ?? 0) - 1);
  });

  it('is judged on values at nine decimals, and equality crosses', () => {
    const { record } = judge(makeCounts([FAR, STEADY]));
    const exactly = record.effect?.value ?? 0;
    const at = (retrain: number) =>
      judge(makeCounts([FAR, STEADY]), null, { ...SPEC, effect: { ...SPEC.effect, retrain } });
    expect(at(exactly).verdict).toBe('drift');
    expect(at(exactly + 1e-9).verdict).toBe('warn');
  });

  it('has the figures of the documentation', () => {
    const { record } = judge(makeCounts([SLANTED, STEADY]));
    const amount = record.subjects.find(({ name }) => name === 'amount');
    expect(amount?.evidence).toEqual({
      rows: 1_000,
      statistic: 21.739428928,
      degrees: 9,
      lnP: -4.63125568,
      lnE: 1.509174632,
      note: null,
    });
    expect(amount?.effect).toMatchObject({ rows: 1_000, psi: 0.021193718, psiPlus: 0.012013718 });
    // Two of three subjects are exactly as in training, whose e-value is a half.
    expect(record.lnE).toBeCloseTo(Math.log((4.522996116289 + 0.5 + 0.5) / 3), 8);
  });
});

describe('a window of too few rows', () => {
  const short = makeCounts([times(0.1, FAR), times(0.1, STEADY)], times(0.1, STEADY));

  it('is judged with those that follow, and with nothing lost', () => {
    expect(toWindowMinimum(SPEC, REFERENCE)).toBe(363);
    const first = judge(short);
    expect(first.verdict).toBe('insufficient-data');
    expect(first.state).toMatchObject({ lnM: null, windows: 0, carried: { rows: 100 } });
    expect(first.record.why).toBe(
      '100 of 363 rows: too few to judge, so they count with the next window',
    );
    const last = judgeAll([short, short, short, short]);
    expect(last.record).toMatchObject({ rows: 400, carriedRows: 300 });
    expect(last.verdict).not.toBe('insufficient-data');
    expect(last.state.carried).toBeNull();
    const whole = makeCounts([times(0.4, FAR), times(0.4, STEADY)], times(0.4, STEADY));
    expect(last.record.lnM).toBe(judge(whole).record.lnM);
  });

  it('leaves the detector as it is', () => {
    const before = judge(makeCounts([SLANTED, SLANTED])).state;
    const after = judge(short, before);
    expect(after.state.lnM).toBe(before.lnM);
    expect(after.state.pooled).toEqual(before.pooled);
    expect(after.record).toMatchObject({ lnE: null, lnM: before.lnM, effect: null });
  });

  it('is never enough where the reference has too few itself, and carries nothing', () => {
    const small = makeReference([makeFeature('amount', EVEN), makeFeature('balance', EVEN)], 300);
    const { verdict, state, record } = judgeWindow(
      SPEC,
      small,
      makeWindow(makeCounts([FAR, FAR])),
      null,
    );
    expect(verdict).toBe('insufficient-data');
    expect(record.minimumRows).toBeNull();
    expect(state.carried).toBeNull();
    expect(record.why).toContain('the reference has 300 rows');
  });
});

describe('broken data', () => {
  const broken = { counts: times(0.9, FAR), null: 100, nonFinite: 0 };

  it('withholds the verdict on its feature, and not on the others', () => {
    const { verdict, record, state } = judge(makeCounts([broken, SLANTED]));
    expect(verdict).toBe('ok');
    expect(record.quality).toMatchObject([{ rule: 'null-rate', feature: 'amount', rate: 0.1 }]);
    const amount = record.subjects.find(({ name }) => name === 'amount');
    expect(amount).toMatchObject({
      blockedBy: ['null-rate'],
      evidence: { lnE: 0, note: 'blocked' },
      effect: null,
    });
    expect(state.pooled?.features[0]?.counts).toEqual(times(0, FAR));
    expect(state.pooled?.features[1]?.counts).toEqual(SLANTED);
    expect(record.why).toContain('not judged for their broken data: amount (null-rate 0.1)');
  });

  it('of every feature blocks the window, and touches no state', () => {
    const before = judge(makeCounts([SLANTED, SLANTED])).state;
    const { verdict, state, record } = judge(makeCounts([broken, broken]), before);
    expect(verdict).toBe('blocked');
    expect(state).toEqual(before);
    expect(record).toMatchObject({ lnE: null, lnM: before.lnM, effect: null, subjects: [] });
    expect(record.quality).toHaveLength(2);
  });
});

describe('the effect', () => {
  it('is measured on all windows since evidence last spoke against a change', () => {
    const sign = makeCounts([SLANTED, STEADY]);
    const { record, state } = judgeAll([sign, sign, sign]);
    expect(record.pooledRows).toBe(3_000);
    expect(state.pooled?.features[0]?.counts).toEqual(times(3, SLANTED));
    const calm = judgeAll([sign, ...new Array(3).fill(makeCounts([STEADY, STEADY]))]);
    expect(calm.state.lnRun).toBeLessThan(0);
    expect(calm.record.pooledRows).toBe(1_000);
    expect(calm.state.pooled).toBeNull();
  });

  it('of a large change does not drown in many windows of a small one', () => {
    const small = makeCounts([times(20, SLANTED), times(20, STEADY)], times(20, STEADY));
    const large = makeCounts([times(20, FAR), times(20, STEADY)], times(20, STEADY));
    const windows: readonly WindowCounts[] = [...new Array(30).fill(small), large];
    expect(judgeAll(windows.slice(0, -1)).verdict).toBe('quiet');
    expect(judgeAll(windows).verdict).toBe('drift');
  });
});

describe('what the detector has gathered', () => {
  it('is of one reference and one spec', () => {
    const { state } = judge(makeCounts([SLANTED, SLANTED]));
    expect(state.windows).toBe(1);
    const retrained = makeReference([makeFeature('amount', FAR), makeFeature('balance', EVEN)]);
    const window = makeWindow(makeCounts([times(1, FAR), STEADY]));
    const anew = judgeWindow(SPEC, retrained, window, state);
    expect(anew).toEqual(judgeWindow(SPEC, retrained, window, null));
    const other = { ...SPEC, falseAlarmBudget: { windows: 90 } };
    expect(judge(makeCounts([STEADY, STEADY]), state, other).state.windows).toBe(1);
  });

  it('survives JSON', () => {
    const { state } = judge(makeCounts([SLANTED, SLANTED]));
    const stored: DriftState = JSON.parse(JSON.stringify(state));
    const next = makeCounts([SLANTED, STEADY]);
    expect(judge(next, stored)).toEqual(judge(next, state));
  });
});

describe('what cannot be judged', () => {
  it.each([-1, 0.5, 2 ** 53, Number.NaN])('is a count of %d', (count) => {
    const broken = [count, ...STEADY.slice(1)];
    expect(() => judge(makeCounts([broken, STEADY]))).toThrow(`a count of amount is ${count}`);
    expect(() => judge({ ...makeCounts([STEADY, STEADY]), rows: count })).toThrow('rows is');
    expect(() => judge({ ...makeCounts([STEADY, STEADY]), score: broken })).toThrow('the score');
  });

  it('is a count in other cells', () => {
    expect(() => judge(makeCounts([STEADY]))).toThrow(
      '1 features were counted, and the reference has 2',
    );
    expect(() => judge(makeCounts([STEADY.slice(1), STEADY]))).toThrow(
      'amount was counted in 9 cells, and the reference has 10',
    );
  });

  it('is a spec that means nothing', () => {
    const judgeWith = (change: Partial<typeof SPEC>) => () =>
      judge(makeCounts([STEADY, STEADY]), null, { ...SPEC, ...change });
    expect(judgeWith({ effect: { ...SPEC.effect, warn: 0.3 } })).toThrow(RangeError);
    expect(judgeWith({ effect: { ...SPEC.effect, warn: 0 } })).toThrow(RangeError);
    expect(judgeWith({ quality: { ...SPEC.quality, nullRate: 1.5 } })).toThrow(RangeError);
    expect(judgeWith({ falseAlarmBudget: { windows: 0 } })).toThrow(RangeError);
    const aggregate = { kind: 'importance', shares: [{ feature: 'amount', share: 0 }] } as const;
    expect(judgeWith({ effect: { ...SPEC.effect, aggregate } })).toThrow('importance');
  });
});
