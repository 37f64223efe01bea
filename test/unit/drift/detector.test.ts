import { describe, expect, it } from 'vitest';
import { advanceDetector, advanceRun, isAlarm } from '../../../reconciler/core/drift/detector.ts';
import { toThreshold } from '../../../reconciler/core/drift/false-alarm-budget.ts';

describe('the detector', () => {
  it('takes the documented steps', () => {
    let lnM: number | null = null;
    const seen = [0.5, 0.6, 30, 0.7, 40].map((e) => {
      lnM = advanceDetector(lnM, Math.log(e));
      return Math.exp(lnM);
    });
    [0.5, 0.9, 57, 40.6, 1664].forEach((expected, at) => {
      expect(seen[at]).toBeCloseTo(expected, 10);
    });
  });

  it('does not overflow', () => {
    expect(advanceDetector(5_000, 1_462)).toBe(6_462);
  });

  it('follows the product of what came since it was below 1', () => {
    let lnRun = 0;
    const seen = [0.5, 0.6, 30, 0.7, 40].map((e) => {
      lnRun = advanceRun(lnRun, Math.log(e));
      return Math.exp(lnRun);
    });
    [0.5, 0.6, 30, 21, 840].forEach((expected, at) => {
      expect(seen[at]).toBeCloseTo(expected, 10);
    });
  });

  it('raises an alarm where it comes to its threshold', () => {
    expect(isAlarm(Math.log(180), 180)).toBe(true);
    expect(isAlarm(Math.log(180) - 1e-11, 180)).toBe(true);
    expect(isAlarm(Math.log(180) - 2e-9, 180)).toBe(false);
  });
});

describe('a false-alarm budget', () => {
  it('is a threshold', () => {
    expect(toThreshold({ windows: 180 })).toBe(180);
    expect(toThreshold({ perYear: 2, windowSeconds: 86_400 })).toBe(182);
    expect(toThreshold({ perYear: 1, windowSeconds: 3_600 })).toBe(8_760);
  });

  it('leaves at least a window between two alarms', () => {
    expect(() => toThreshold({ windows: 0 })).toThrow(RangeError);
    expect(() => toThreshold({ windows: 1.5 })).toThrow(RangeError);
    expect(() => toThreshold({ perYear: 0, windowSeconds: 60 })).toThrow(RangeError);
    expect(() => toThreshold({ perYear: 400, windowSeconds: 86_400 })).toThrow(RangeError);
  });
});
