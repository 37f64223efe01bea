import { roundForVerdict } from '../statistics/crossing.ts';
import type { EffectAggregate } from './drift-spec.ts';
import type { SubjectRecord } from './judge-subject.ts';

/** A feature of less importance counts with the others only. */
const MIN_SINGLE_IMPORTANCE = 0.1;

export type Effect = {
  /** In nats, to nine decimals. */
  readonly value: number;
  /** Which subject alone is as large as this; null where it is all of them together. */
  readonly by: Pick<SubjectRecord, 'kind' | 'name'> | null;
};

/**
 * How far a model's input has moved, as one number. One feature that drifts among many would be
 * diluted in a sum, so an important one also counts alone, as the model's own answers do.
 */
export function toTotalEffect(
  aggregate: EffectAggregate,
  subjects: readonly SubjectRecord[],
): Effect {
  const ownEffect = ({ effect }: SubjectRecord) => effect?.counted ?? 0;
  const sum = subjects.reduce((all, one) => all + (one.importance ?? 0) * ownEffect(one), 0);
  const isSingle = ({ kind, importance }: SubjectRecord) =>
    aggregate.kind === 'max' ||
    kind === 'score' ||
    (importance !== null && importance >= MIN_SINGLE_IMPORTANCE);
  return subjects
    .filter(isSingle)
    .map((subject) => toSingle(subject, ownEffect(subject)))
    .reduce((most, one) => (one.value > most.value ? one : most), {
      value: roundForVerdict(sum),
      by: null,
    });
}

function toSingle({ kind, name }: SubjectRecord, value: number): Effect {
  return { value, by: { kind, name } };
}
