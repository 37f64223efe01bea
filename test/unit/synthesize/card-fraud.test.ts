import { describe, expect, it } from 'vitest';
import type { SynthesizeJob } from '../../../reconciler/core/contracts/runner-jobs.ts';
import { type CardFraud, makeCardFraud } from '../../../runners/synthesize/card-fraud.ts';

const DAY_MS = 86_400_000;
const END = Date.parse('2026-06-01T00:00:00Z');

const JOB: SynthesizeJob = {
  v: 1,
  scenario: 'card-fraud',
  seed: 7,
  asOf: '2026-06-01T00:00:00Z',
  days: 240,
  customers: 120,
  outputFolder: 'unused',
};

const made = makeCardFraud(JOB);
const share = <T>(rows: readonly T[], is: (row: T) => boolean) =>
  rows.filter(is).length / rows.length;
const eventDays = (rows: CardFraud['transactions'], category: string) =>
  rows.filter((row) => row.category === category).map((row) => (END - row.eventTimeMs) / DAY_MS);

describe('made-up card payments', () => {
  it('are the same for the same job, and others for another seed', () => {
    expect(makeCardFraud(JOB)).toEqual(made);
    const other = makeCardFraud({ ...JOB, seed: 8 });
    expect(other.transactions.slice(0, 10)).not.toEqual(made.transactions.slice(0, 10));
  });

  it('are as many as a bank of that size would see', () => {
    expect(made.transactions.length / (JOB.customers * JOB.days)).toBeGreaterThan(0.3);
    expect(made.transactions.length / (JOB.customers * JOB.days)).toBeLessThan(0.8);
  });

  it('lie within the period, in order, and are known by its end', () => {
    const times = made.transactions.map((row) => row.eventTimeMs);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(times[0]).toBeGreaterThanOrEqual(END - JOB.days * DAY_MS);
    for (const row of made.transactions) {
      expect(row.availableTimeMs).toBeGreaterThanOrEqual(row.eventTimeMs);
      expect(row.availableTimeMs).toBeLessThanOrEqual(END);
    }
  });

  it('come late in some three of a hundred cases, by hours to days', () => {
    const toDelayMs = (row: (typeof made.transactions)[number]) =>
      row.availableTimeMs - row.eventTimeMs;
    const late = made.transactions.filter((row) => toDelayMs(row) > 60_000);
    expect(late.length / made.transactions.length).toBeCloseTo(0.03, 1.8);
    for (const row of late) {
      const hours = (row.availableTimeMs - row.eventTimeMs) / 3_600_000;
      expect(hours).toBeGreaterThanOrEqual(2);
      expect(hours).toBeLessThanOrEqual(72);
    }
  });

  it('are on record a moment after they were made, and never at once', () => {
    const delays = made.transactions.map((row) => row.availableTimeMs - row.eventTimeMs);
    expect(Math.min(...delays)).toBe(2_000);
  });

  it('have labels five to ten days later, and none for the last days', () => {
    for (const { transaction, labelAvailableTimeMs } of made.labels) {
      const days = (labelAvailableTimeMs - transaction.eventTimeMs) / DAY_MS;
      expect(days).toBeGreaterThanOrEqual(5);
      expect(days).toBeLessThanOrEqual(10);
      expect(labelAvailableTimeMs).toBeLessThanOrEqual(END);
    }
  });

  it('know crypto in the first three fifths of the time, and not in the last 45 days', () => {
    const days = eventDays(made.transactions, 'crypto');
    expect(days.length).toBeGreaterThan(100);
    expect(Math.min(...days)).toBeGreaterThanOrEqual(0.4 * JOB.days);
    const short = makeCardFraud({ ...JOB, days: 60 });
    expect(Math.min(...eventDays(short.transactions, 'crypto'))).toBeGreaterThanOrEqual(45);
    expect(eventDays(made.transactions, 'groceries').some((day) => day < 45)).toBe(true);
  });

  it('hold a few bad rows, far below one of a hundred', () => {
    const isBad = (row: CardFraud['transactions'][number]) =>
      row.customerId === null || row.amount < 0;
    expect(made.transactions.some(({ customerId }) => customerId === null)).toBe(true);
    expect(made.transactions.some(({ amount }) => amount < 0)).toBe(true);
    expect(share(made.transactions, isBad)).toBeLessThan(0.005);
  });

  it('name nobody: every id says that it is made up', () => {
    for (const { customerId, transactionId } of made.transactions) {
      expect(`${customerId} ${transactionId}`).toMatch(/^(c-\d{5}|null) t-\d{7}$/);
    }
  });
});

describe('made-up fraud', () => {
  const { labels } = made;
  const isFraud = ({ isFraud: is }: CardFraud['labels'][number]) => is;

  it('is two to three of a hundred payments', () => {
    expect(share(labels, isFraud)).toBeGreaterThan(0.018);
    expect(share(labels, isFraud)).toBeLessThan(0.032);
  });

  it('shows in what is paid for, how and how much, and never with certainty', () => {
    const where = (is: (row: CardFraud['labels'][number]) => boolean) =>
      share(labels.filter(is), isFraud);
    const risky = where(({ transaction: { category } }) =>
      ['jewellery', 'gambling', 'crypto'].includes(category),
    );
    const plain = where(({ transaction: { category } }) =>
      ['groceries', 'utilities'].includes(category),
    );
    expect(risky).toBeGreaterThan(5 * plain);
    expect(plain).toBeGreaterThan(0);
    expect(risky).toBeLessThan(0.5);
    const online = where(({ transaction: { channel } }) => channel === 'online');
    const chip = where(({ transaction: { channel } }) => channel === 'chip');
    expect(online).toBeGreaterThan(2 * chip);
    const large = where(({ transaction: { amount } }) => amount > 100);
    expect(large).toBeGreaterThan(2 * where(({ transaction: { amount } }) => amount <= 100));
  });

  it('is no more frequent in one group than in the other', () => {
    const inGroup = (group: 'a' | 'b') =>
      share(
        labels.filter(({ customerGroup }) => customerGroup === group),
        isFraud,
      );
    expect(inGroup('a') / inGroup('b')).toBeGreaterThan(0.7);
    expect(inGroup('a') / inGroup('b')).toBeLessThan(1.4);
  });
});
