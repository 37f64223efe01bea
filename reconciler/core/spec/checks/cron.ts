import type { FieldProblem } from '../validate-value.ts';
import { problemAt } from './field-check.ts';

const FIELDS = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12 },
  { name: 'day of the week', from: 0, to: 7 },
] as const;

type Field = (typeof FIELDS)[number];

/** In a leap year: what is no day then is none ever. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A schedule of five fields, as `crontab` has it, without names and without extensions. */
export function checkCron(pointer: string, text: string): readonly FieldProblem[] {
  const parts = text.split(' ');
  for (const [index, field] of FIELDS.entries()) {
    const fault = findFault(parts[index] ?? '', field);
    if (fault !== null)
      return [problemAt('P113', pointer, `the schedule "${text}" ${fault}`, HINT)];
  }
  const [, , days = '', months = '', weekdays = ''] = parts;
  if (weekdays !== '*' || isEverReached(days, months)) return [];
  const message = `the schedule "${text}" never comes: no such day is in these months`;
  return [problemAt('P207', pointer, message, 'name another day or month')];
}

const HINT = 'minute, hour, day of the month, month, day of the week; as in 30 4 * * 1';

function findFault(part: string, field: Field): string | null {
  for (const item of part.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(item);
    if (match === null) return `has "${item}" as its ${field.name}`;
    const [, first, last, step] = match;
    const start = first === undefined ? field.from : Number(first);
    const end = last === undefined ? start : Number(last);
    if (start < field.from || end > field.to || start > field.to) {
      return `has "${item}" as its ${field.name}, which goes from ${field.from} to ${field.to}`;
    }
    if (end < start) return `has "${item}" as its ${field.name}, which ends before it begins`;
    if (step !== undefined && Number(step) === 0) return `has "${item}", a step of 0`;
    if (step !== undefined && first !== undefined && last === undefined) {
      return `has "${item}", a step without a range`;
    }
  }
  return null;
}

function isEverReached(days: string, months: string): boolean {
  const wanted = listNumbers(days, 1, 31);
  return listNumbers(months, 1, 12).some((month) =>
    wanted.some((day) => day <= (DAYS[month - 1] as number)),
  );
}

/** The numbers that a field without faults stands for. */
function listNumbers(part: string, from: number, to: number): readonly number[] {
  return part.split(',').flatMap((item) => {
    const [range = '', step = '1'] = item.split('/');
    const [first, last] = range === '*' ? [from, to] : range.split('-').map(Number);
    const start = first ?? from;
    const end = last ?? start;
    const count = Math.floor((end - start) / Number(step)) + 1;
    return Array.from({ length: count }, (_, index) => start + index * Number(step));
  });
}
