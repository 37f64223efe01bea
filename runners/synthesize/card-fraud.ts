import { parseRfc3339 } from '../../reconciler/core/contracts/instant.ts';
import type { SynthesizeJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import { type Chance, createChance } from './chance.ts';
import { CATEGORIES, CHANNELS, COUNTRIES, type Customer, makeCustomer } from './customers.ts';
import { judgePayments } from './fraud-odds.ts';
import { DAY_MS, HOUR_MS, makePayments, type Payment } from './payments.ts';

/*
 * Payments by card, some of them fraudulent. Nobody in them exists: no row was derived from data of
 * a person, and the ids say so by their form.
 */

export type Transaction = {
  readonly transactionId: string;
  /** Null in a bad row, made on purpose. */
  readonly customerId: string | null;
  readonly eventTimeMs: number;
  readonly availableTimeMs: number;
  /** Negative in a bad row, made on purpose. */
  readonly amount: number;
  readonly category: string;
  readonly channel: string;
  readonly country: string;
};

export type Label = {
  readonly transaction: Transaction;
  readonly labelAvailableTimeMs: number;
  readonly customerGroup: 'a' | 'b';
  readonly isFraud: boolean;
};

export type CardFraud = {
  readonly transactions: readonly Transaction[];
  readonly labels: readonly Label[];
};

/** Streams of the seed: a number drawn for one purpose leaves all others as they were. */
const CUSTOMER_STREAM = 1;
const PAYMENT_STREAM = 2;
const REPORT_STREAM = 3;

/** Every so many rows one is bad: some 0.2 % together, where a source may tolerate 1 %. */
const NEGATIVE_AMOUNT_EVERY = 997;
const NO_CUSTOMER_EVERY = 1_499;

const LATE_SHARE = 0.03;

/**
 * A payment is not on record while it is judged: whoever asks at its own time, in training as in
 * serving, sees the customer as before it.
 */
const RECORDED_AFTER_MS = 2_000;

type MadePayment = Payment & { readonly customer: Customer; readonly isFraud: boolean };

export function makeCardFraud(job: SynthesizeJob): CardFraud {
  const end = parseRfc3339(job.asOf) ?? 0;
  const period = { start: end - job.days * DAY_MS, days: job.days };
  const payments: (Payment & { readonly customer: Customer })[] = [];
  for (let index = 0; index < job.customers; index += 1) {
    const customer = makeCustomer(index, createChance(job.seed, CUSTOMER_STREAM, index));
    const chance = createChance(job.seed, PAYMENT_STREAM, index);
    for (const payment of makePayments(customer, period, chance)) {
      payments.push({ ...payment, customer });
    }
  }
  const judged = judgePayments(job.seed, payments).sort(comparePayments);
  return toTables(judged, end, createChance(job.seed, REPORT_STREAM));
}

function comparePayments(left: MadePayment, right: MadePayment): number {
  if (left.timeMs !== right.timeMs) return left.timeMs - right.timeMs;
  return left.customer.id < right.customer.id ? -1 : 1;
}

/** What is known at the end: a row or a label that becomes available later is not there yet. */
function toTables(payments: readonly MadePayment[], end: number, chance: Chance): CardFraud {
  const transactions: Transaction[] = [];
  const labels: Label[] = [];
  payments.forEach((payment, index) => {
    const transaction = toTransaction(payment, index, chance);
    const labelAvailableTimeMs = transaction.eventTimeMs + toDelayMs(chance, 5 * 24, 10 * 24);
    if (transaction.availableTimeMs <= end) transactions.push(transaction);
    if (labelAvailableTimeMs > end) return;
    const { isFraud, customer } = payment;
    labels.push({ transaction, labelAvailableTimeMs, customerGroup: customer.group, isFraud });
  });
  return { transactions, labels };
}

function toTransaction(payment: MadePayment, index: number, chance: Chance): Transaction {
  const row = index + 1;
  const isLate = chance.fraction() < LATE_SHARE;
  const delayMs = toDelayMs(chance, 2, 72);
  return {
    transactionId: `t-${String(row).padStart(7, '0')}`,
    customerId: row % NO_CUSTOMER_EVERY === 0 ? null : payment.customer.id,
    eventTimeMs: payment.timeMs,
    availableTimeMs: payment.timeMs + (isLate ? delayMs : RECORDED_AFTER_MS),
    amount: row % NEGATIVE_AMOUNT_EVERY === 0 ? -payment.amount : payment.amount,
    category: CATEGORIES[payment.category] ?? '',
    channel: CHANNELS[payment.channel] ?? '',
    country: COUNTRIES[payment.country] ?? '',
  };
}

function toDelayMs(chance: Chance, lowHours: number, highHours: number): number {
  return Math.round(chance.between(lowHours, highHours) * HOUR_MS);
}
