import { createChance } from './chance.ts';
import type { Customer } from './customers.ts';
import { DAY_MS, isAtNight, isOnline, type Payment } from './payments.ts';

type Paid = Payment & { readonly customer: Customer };

export type Judged = Paid & { readonly isFraud: boolean };

const FRAUD_SHARE = 0.025;

/** By category and by channel, in the order of their lists; logarithms of odds. */
const CATEGORY_RISK = [-0.8, -0.5, 0.8, 0.4, -0.4, 1.3, 1.1, -1, 1.2];
const CHANNEL_RISK = [-0.8, -0.4, 0.8, 0.4];

/** What no feature can explain. */
const NOISE = 0.7;

const JUDGE_STREAM = 4;

/**
 * Decides by chance which payments are fraud. The odds depend on what a customer does, never on
 * who the customer is: given the behaviour, the groups are alike.
 */
export function judgePayments(seed: number, payments: readonly Paid[]): Judged[] {
  const byCustomer = new Map<Customer, Paid[]>();
  for (const payment of payments) {
    const list = byCustomer.get(payment.customer);
    if (list === undefined) byCustomer.set(payment.customer, [payment]);
    else list.push(payment);
  }
  const judged: { readonly payment: Paid; readonly odds: number; readonly draw: number }[] = [];
  for (const [customer, list] of byCustomer) {
    // The id is the customer's number; a stream of its own keeps customers independent.
    const chance = createChance(seed, JUDGE_STREAM, Number(customer.id.slice(2)));
    list.sort((left, right) => left.timeMs - right.timeMs);
    list.forEach((payment, index) => {
      const odds = toOdds(payment, countDayBefore(list, index)) + NOISE * chance.normal();
      judged.push({ payment, odds, draw: chance.fraction() });
    });
  }
  const base = findBase(judged.map(({ odds }) => odds));
  return judged.map(({ payment, odds, draw }) => ({
    ...payment,
    isFraud: draw < toShare(base + odds),
  }));
}

/** Payments of the same customer in the 24 hours before. */
function countDayBefore(list: readonly Paid[], index: number): number {
  const payment = list[index];
  if (payment === undefined) return 0;
  let first = index;
  while (first > 0 && (list[first - 1]?.timeMs ?? 0) >= payment.timeMs - DAY_MS) first -= 1;
  return index - first;
}

function toOdds(payment: Paid, dayBefore: number): number {
  const burst = Math.min(dayBefore, 8) / 2;
  const excess = Math.max(Math.log(payment.amount / payment.customer.usualAmount), -1);
  const category = CATEGORY_RISK[payment.category] ?? 0;
  const channel = CHANNEL_RISK[payment.channel] ?? 0;
  return (
    0.9 * burst +
    1.1 * excess +
    0.8 * category +
    0.7 * channel +
    (isAtNight(payment) ? 0.7 : 0) +
    (isOnline(payment) && dayBefore >= 2 ? 0.8 : 0) +
    (excess > 0.7 && category > 0.5 ? 1 : 0)
  );
}

/** The base at which the expected share of fraud is as wanted; 40 halvings are exact enough. */
function findBase(odds: readonly number[]): number {
  let low = -40;
  let high = 40;
  for (let step = 0; step < 40; step += 1) {
    const middle = (low + high) / 2;
    const expected = odds.reduce((sum, value) => sum + toShare(middle + value), 0);
    if (expected < FRAUD_SHARE * odds.length) low = middle;
    else high = middle;
  }
  return low;
}

function toShare(logarithmOfOdds: number): number {
  return 1 / (1 + Math.exp(-logarithmOfOdds));
}
