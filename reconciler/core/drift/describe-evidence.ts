import type { DriftRecord } from './drift-record.ts';
import type { SubjectRecord } from './judge-subject.ts';

/** What moved most says enough; all of it is in the zone. */
const MAX_SUBJECTS = 8;
const BAR_CELLS = 20;
const MAX_NAME = 24;

/** What moved, the largest first, as text that is a picture too: effects in nats, and their bars. */
export function describeEvidence({ subjects }: Pick<DriftRecord, 'subjects'>): readonly string[] {
  const moved = subjects
    .map((subject) => ({ subject, value: subject.effect?.counted ?? 0 }))
    .filter(({ value }) => value > 0)
    .sort((left, right) => right.value - left.value)
    .slice(0, MAX_SUBJECTS);
  const most = moved[0]?.value ?? 0;
  return moved.map(({ subject, value }) => {
    const cells = Math.max(1, Math.round((value / most) * BAR_CELLS));
    const bar = '█'.repeat(cells).padEnd(BAR_CELLS, '·');
    return `${toName(subject).padEnd(MAX_NAME)} ${bar} ${value.toFixed(3)}`;
  });
}

function toName({ kind, name }: SubjectRecord): string {
  const text = kind === 'score' ? 'the scores' : name;
  return text.length <= MAX_NAME ? text : `${text.slice(0, MAX_NAME - 1)}…`;
}
