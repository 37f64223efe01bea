import type { CounterEntry } from '../contracts/generated/counter-delta.generated.ts';
import type { DriftReference } from '../contracts/generated/model-manifest.generated.ts';
import { roundForVerdict } from '../statistics/crossing.ts';
import { sumCells } from './cell-pair.ts';
import type { EffectAggregate } from './drift-spec.ts';

/** What is counted of a window; a counter entry is one. */
export type WindowCounts = Pick<CounterEntry, 'rows' | 'features' | 'score'>;

/** What can drift: a feature, or the model's own answers. */
export type Subject = {
  readonly kind: 'number' | 'category' | 'score';
  /** A feature's name; of the answers, `score`. */
  readonly name: string;
  /** Its place in the contract; of the answers, behind the last feature. */
  readonly at: number;
  readonly reference: readonly number[];
  /** Its part in the model's decisions; null where nobody has said, and of the answers. */
  readonly importance: number | null;
  /** Its part in the evidence; all of them together are 1. */
  readonly weight: number;
};

/**
 * Features by name and then the answers: sums are taken in this order, so that the order of the
 * contract does not show in a last digit. Weights are fixed by the spec, before any window is seen;
 * a feature of no importance keeps a quarter of an even share, for importance is an estimate too.
 */
export function toSubjects(
  reference: DriftReference,
  aggregate: EffectAggregate,
): readonly Subject[] {
  const shares = toImportance(reference, aggregate);
  const count = reference.features.length + 1;
  const even = 1 / count;
  const toClaim = (importance: number | null) => Math.max(importance ?? even, even / 4);
  const unweighted = [
    ...reference.features.map(({ name, kind, counts }, at) => ({
      kind,
      name,
      at,
      reference: counts,
      importance: shares === null ? null : (shares.get(name) ?? 0),
    })),
    {
      kind: 'score' as const,
      name: 'score',
      at: reference.features.length,
      reference: reference.score.counts,
      importance: null,
    },
  ].sort(compareSubjects);
  const claims = sumCells(unweighted.map(({ importance }) => toClaim(importance)));
  return unweighted.map((subject) => ({
    ...subject,
    weight: toClaim(subject.importance) / claims,
  }));
}

export function toWindowCells(subject: Subject, counts: WindowCounts): readonly number[] {
  if (subject.kind === 'score') return counts.score;
  return counts.features[subject.at]?.counts ?? [];
}

function toImportance(
  { features }: DriftReference,
  aggregate: EffectAggregate,
): ReadonlyMap<string, number> | null {
  if (aggregate.kind === 'max') return null;
  const names = new Set(features.map(({ name }) => name));
  const shares = [...aggregate.shares].sort(({ feature: left }, { feature: right }) =>
    left < right ? -1 : 1,
  );
  const stranger = shares.find(({ feature }) => !names.has(feature));
  if (stranger !== undefined) {
    throw new RangeError(`importance of ${stranger.feature}, which the reference does not have`);
  }
  const sum = sumCells(shares.map(({ share }) => share));
  return new Map(shares.map(({ feature, share }) => [feature, roundForVerdict(share / sum)]));
}

type Place = Pick<Subject, 'kind' | 'name'>;

function compareSubjects(left: Place, right: Place): number {
  if (left.kind === 'score' || right.kind === 'score') return left.kind === 'score' ? 1 : -1;
  return left.name < right.name ? -1 : 1;
}
