import { describe, expect, it } from 'vitest';
import type { EffectAggregate } from '../../../reconciler/core/drift/drift-spec.ts';
import { toTotalEffect } from '../../../reconciler/core/drift/effect.ts';
import { toSubjectEffect } from '../../../reconciler/core/drift/judge-subject.ts';
import { toSubjects } from '../../../reconciler/core/drift/subjects.ts';
import { EVEN, makeCounts, makeFeature, makeReference, STEADY } from './drift-samples.ts';

const NAMES = ['amount', 'balance', 'country', 'device'];
const REFERENCE = makeReference(NAMES.map((name) => makeFeature(name, EVEN)));

const MOVED: readonly number[] = [200, 170, 150, 120, 90, 80, 70, 50, 40, 30];

/** The total effect where these features have moved, and the effect of one that has. */
function measure(
  aggregate: EffectAggregate,
  moved: readonly string[],
  score: readonly number[] = STEADY,
) {
  const counts = makeCounts(
    NAMES.map((name) => (moved.includes(name) ? MOVED : STEADY)),
    score,
  );
  const records = toSubjects(REFERENCE, aggregate).map((subject) => ({
    kind: subject.kind,
    name: subject.name,
    importance: subject.importance,
    weight: subject.weight,
    blockedBy: [],
    evidence: { rows: 0, statistic: null, degrees: null, lnP: null, lnE: 0, note: null },
    effect: toSubjectEffect(subject, counts, 0.1),
  }));
  const single = records.find(({ name }) => name === (moved[0] ?? 'score'))?.effect?.psiPlus ?? 0;
  return { total: toTotalEffect(aggregate, records), single };
}

const byImportance = (shares: Readonly<Record<string, number>>): EffectAggregate => ({
  kind: 'importance',
  shares: Object.entries(shares).map(([feature, share]) => ({ feature, share })),
});

describe('the effect on all features', () => {
  it('is the largest, when asked for', () => {
    const { total, single } = measure({ kind: 'max' }, ['balance']);
    expect(single).toBeGreaterThan(0.2);
    expect(total).toEqual({ value: single, by: { kind: 'number', name: 'balance' } });
  });

  it('is the sum by importance where no important one moves alone', () => {
    const shares = { amount: 0.05, balance: 0.05, country: 0.9 };
    const { total, single } = measure(byImportance(shares), ['amount', 'balance']);
    expect(total.by).toBeNull();
    expect(total.value).toBeCloseTo(0.1 * single, 8);
  });

  it('is that of a single important feature, which a sum would dilute', () => {
    const shares = { amount: 1, balance: 9 };
    const { total, single } = measure(byImportance(shares), ['amount']);
    expect(total).toEqual({ value: single, by: { kind: 'number', name: 'amount' } });
  });

  it('is not that of a feature of no importance', () => {
    const { total } = measure(byImportance({ amount: 1 }), ['device']);
    expect(total).toEqual({ value: 0, by: null });
  });

  it('is that of the answers, if they move more than what they are made of', () => {
    const { total, single } = measure(byImportance({ amount: 1 }), [], MOVED);
    expect(total).toEqual({ value: single, by: { kind: 'score', name: 'score' } });
  });

  it('does not count a subject of too few rows', () => {
    const [subject] = toSubjects(REFERENCE, { kind: 'max' });
    if (subject === undefined) throw new Error('there is a subject');
    const few = [90, 30, 20, 20, 20, 20, 20, 20, 20, 20];
    const counts = makeCounts([few, STEADY, STEADY, STEADY]);
    const effect = toSubjectEffect(subject, counts, 0.1);
    expect(effect).toMatchObject({ rows: 280, note: 'few-rows', counted: 0 });
    expect(effect?.psiPlus).toBeGreaterThan(0.1);
    const small = { ...subject, reference: new Array(10).fill(30) };
    expect(toSubjectEffect(small, counts, 0.1)).toMatchObject({
      note: 'small-reference',
      counted: 0,
    });
  });
});

describe('the weight of evidence', () => {
  it('is even where nobody has said what matters', () => {
    for (const { weight } of toSubjects(REFERENCE, { kind: 'max' })) expect(weight).toBe(0.2);
  });

  it('is a whole together, and a quarter of an even share for what does not matter', () => {
    const subjects = toSubjects(REFERENCE, byImportance({ amount: 3, country: 1 }));
    expect(subjects.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 8);
    const of = (name: string) => subjects.find((one) => one.name === name)?.weight ?? 0;
    expect(of('device') / of('amount')).toBeCloseTo(0.05 / 0.75, 8);
    expect(of('country') / of('amount')).toBeCloseTo(1 / 3, 8);
    expect(of('score') / of('amount')).toBeCloseTo(0.2 / 0.75, 8);
  });

  it('is for features that there are', () => {
    expect(() => toSubjects(REFERENCE, byImportance({ weather: 1 }))).toThrow(
      'importance of weather, which the reference does not have',
    );
  });
});
