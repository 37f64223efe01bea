import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCron } from '../../../reconciler/core/spec/checks/cron.ts';

const judge = (text: string) => checkCron('/spec/schedule', text).map(({ message }) => message);

describe('a schedule', () => {
  it.each([
    '* * * * *',
    '30 4 * * 1',
    '*/15 0-6,22-23 1,15 * *',
    '0 0 29 2 *',
    '0 0 31 2,12 *',
    '0 0 31 2 1',
    '5-50/5 * * * 0-7',
  ])('may be %s', (text) => {
    expect(judge(text)).toEqual([]);
  });

  it.each([
    ['60 * * * *', 'has "60" as its minute, which goes from 0 to 59'],
    ['0 24 * * *', 'has "24" as its hour, which goes from 0 to 23'],
    ['0 0 0 * *', 'has "0" as its day of the month, which goes from 1 to 31'],
    ['0 0 1 13 *', 'has "13" as its month, which goes from 1 to 12'],
    ['0 0 * * 8', 'has "8" as its day of the week, which goes from 0 to 7'],
    ['9-5 * * * *', 'has "9-5" as its minute, which ends before it begins'],
    ['*/0 * * * *', 'has "*/0", a step of 0'],
    ['5/5 * * * *', 'has "5/5", a step without a range'],
    ['1,,2 * * * *', 'has "" as its minute'],
    ['-5 * * * *', 'has "-5" as its minute'],
    ['0 0 30 2 *', 'never comes: no such day is in these months'],
    ['0 0 31 4,6,9,11 *', 'never comes: no such day is in these months'],
  ])('may not be %s', (text, fault) => {
    expect(judge(text)).toEqual([`the schedule "${text}" ${fault}`]);
  });

  it('of any numbers within their bounds comes, unless its day is in none of its months', () => {
    const parts = fc.tuple(
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 1, max: 31 }),
      fc.integer({ min: 1, max: 12 }),
    );
    fc.assert(
      fc.property(parts, ([minute, hour, day, month]) => {
        const date = new Date(Date.UTC(2024, month - 1, day));
        const exists = date.getUTCMonth() === month - 1;
        expect(judge(`${minute} ${hour} ${day} ${month} *`).length).toBe(exists ? 0 : 1);
      }),
    );
  });
});
