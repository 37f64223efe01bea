import { toRefTitle } from '../contracts/ref.ts';
import { toPlaceText } from '../spec/format-diagnostics.ts';
import { toPrintable } from '../spec/printable.ts';
import type { Explanation, Reason } from './explain-resource.ts';

/** Names that fit a screen; who has more of them finds them with `plumb graph`. */
const MAX_NAMED = 12;

/** For a person, a line for each question. */
export function renderExplanation(explanation: Explanation): string {
  const { ref, at, uncarried, overriddenBy, needs, neededBy } = explanation;
  const lines = [
    `${toRefTitle(ref)}  ${toPlaceText(at)}`,
    toLine('zone', toZoneText(explanation)),
    ...toDataLines(explanation),
    ...toCrossingLines(explanation),
    ...(uncarried === null ? [] : [toLine('waits', uncarried)]),
    ...overriddenBy.map((place) => toLine('override', toPlaceText(place))),
    toLine('after', toNames(needs, 'nothing')),
    toLine('before', toNames(neededBy, 'nothing')),
  ];
  return `${lines.join('\n')}\n`;
}

function toLine(question: string, answer: string): string {
  return `  ${question.padEnd(9)} ${answer}`;
}

function toZoneText({ placement, placedBy }: Explanation): string {
  if (placement.state === 'everywhere') return 'all: resources of this kind are in every zone';
  if (placement.state === 'unclear') return 'unclear';
  const by = placedBy.map(
    ({ field, to, at }) => `${field} is ${toRefTitle(to)} (${toPlaceText(at)})`,
  );
  return by.length === 0 ? placement.zone : `${placement.zone}: ${by.join(', whose ')}`;
}

function toDataLines({ data }: Explanation): readonly string[] {
  if (data === null) return [toLine('class', 'none: it holds no data')];
  return [
    toLine('class', data.dataClass),
    ...data.zones.map(({ zone, dataClass, way }) =>
      toLine('', `${dataClass} that has been in zone ${zone}: ${toWayText(way)}`),
    ),
  ];
}

function toWayText(way: readonly Reason[]): string {
  if (way.length === 0) return 'it starts here';
  return way.map(({ to, at }) => `${toRefTitle(to)}, taken at ${toPlaceText(at)}`).join(' → ');
}

function toCrossingLines({ crossings }: Explanation): readonly string[] {
  return crossings.map(({ from, form, to, allowedBy }) => {
    const bases = allowedBy.map(
      ({ zone, legalBasis }) => `zone ${zone} by “${toPrintable(legalBasis)}”`,
    );
    const leave = bases.length === 0 ? 'allowed by nobody' : `allowed: ${bases.join(', ')}`;
    return toLine('crosses', `${form} of ${toRefTitle(from)} to zone ${to}, ${leave}`);
  });
}

function toNames(reasons: readonly Reason[], none: string): string {
  const titles = [...new Set(reasons.map(({ to }) => toRefTitle(to)))];
  if (titles.length === 0) return none;
  const shown = titles.slice(0, MAX_NAMED).join(', ');
  return titles.length > MAX_NAMED ? `${shown} and ${titles.length - MAX_NAMED} more` : shown;
}
