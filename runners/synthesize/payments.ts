import type { Chance } from './chance.ts';
import { CATEGORIES, CHANNELS, COUNTRIES, type Customer } from './customers.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Category, channel and country are positions in their lists. */
export type Payment = {
  readonly timeMs: number;
  readonly amount: number;
  readonly category: number;
  readonly channel: number;
  readonly country: number;
};

export type Period = { readonly start: number; readonly days: number };

/** A day with many payments in a few hours; most are harmless. */
const SPREE_SHARE = 0.008;
/** A day on which somebody else may have had the card. */
const ODD_DAY_SHARE = 0.008;

/** How much likelier than usual a category or channel is on an odd day. */
const ODD_CATEGORY_FACTORS = [0.5, 0.6, 4, 2.5, 0.6, 6, 5, 0.3, 4];
const ODD_CHANNEL_FACTORS = [0.4, 0.6, 3.5, 2];

const MIN_AMOUNT = 0.5;
const MAX_AMOUNT = 9_999.99;

/** Of one customer, in no order. */
export function makePayments(
  customer: Customer,
  period: Period,
  chance: Chance,
): readonly Payment[] {
  const payments: Payment[] = [];
  for (let day = 0; day < period.days; day += 1) {
    const place = {
      customer,
      chance,
      day: period.start + day * DAY_MS,
      hasCrypto: hasCrypto(day, period.days),
    };
    const usual = chance.count(customer.paymentsPerDay);
    for (let count = 0; count < usual; count += 1) payments.push(makeUsual(place, null));
    if (chance.fraction() < SPREE_SHARE) {
      const from = chance.between(9, 17);
      const size = 3 + chance.count(1.5);
      for (let count = 0; count < size; count += 1) payments.push(makeUsual(place, from));
    }
    if (chance.fraction() < ODD_DAY_SHARE) {
      const from = chance.between(0, 20);
      const size = 3 + chance.count(3);
      for (let count = 0; count < size; count += 1) payments.push(makeOdd(place, from));
    }
  }
  return payments;
}

/** It is traded in the first three fifths of the time, and never in the last weeks. */
function hasCrypto(day: number, days: number): boolean {
  return day < Math.min(0.6 * days, days - 45);
}

type Place = {
  readonly customer: Customer;
  readonly chance: Chance;
  /** Its first moment. */
  readonly day: number;
  readonly hasCrypto: boolean;
};

/** `from`: the hour at which a spree begins. */
function makeUsual(place: Place, from: number | null): Payment {
  const { customer, chance } = place;
  const hour = from === null ? toUsualHour(chance) : from + chance.between(0, 5);
  return {
    timeMs: toTime(place, hour),
    amount: toAmount(customer.usualAmount * Math.exp(0.6 * chance.normal())),
    category: pickCategory(place, customer.categoryWeights),
    channel: chance.weighted(customer.channelWeights),
    country: chance.fraction() < 0.04 ? pickCountry(chance) : customer.country,
  };
}

function makeOdd(place: Place, from: number): Payment {
  const { customer, chance } = place;
  const excess = Math.exp(0.9 + 0.7 * chance.normal());
  return {
    timeMs: toTime(place, from + chance.between(0, 4)),
    amount: toAmount(customer.usualAmount * excess),
    category: pickCategory(place, weigh(customer.categoryWeights, ODD_CATEGORY_FACTORS)),
    channel: chance.weighted(weigh(customer.channelWeights, ODD_CHANNEL_FACTORS)),
    country: chance.fraction() < 0.25 ? pickCountry(chance) : customer.country,
  };
}

function toUsualHour(chance: Chance): number {
  if (chance.fraction() < 0.05) return chance.between(0, 6);
  return Math.min(Math.max(14 + 3.5 * chance.normal(), 6), 23.5);
}

function toTime(place: Place, hour: number): number {
  return place.day + Math.floor(Math.min(hour, 23.999) * HOUR_MS);
}

function toAmount(amount: number): number {
  return Math.round(Math.min(Math.max(amount, MIN_AMOUNT), MAX_AMOUNT) * 100) / 100;
}

function pickCategory(place: Place, weights: readonly number[]): number {
  const allowed = weights.map((weight, category) =>
    CATEGORIES[category] === 'crypto' && !place.hasCrypto ? 0 : weight,
  );
  return place.chance.weighted(allowed);
}

function pickCountry(chance: Chance): number {
  return Math.floor(chance.fraction() * COUNTRIES.length);
}

function weigh(weights: readonly number[], factors: readonly number[]): readonly number[] {
  return weights.map((weight, index) => weight * (factors[index] ?? 1));
}

/** Whether a payment falls into the small hours. */
export function isAtNight(payment: Payment): boolean {
  return (payment.timeMs % DAY_MS) / HOUR_MS < 6;
}

export function isOnline(payment: Payment): boolean {
  return CHANNELS[payment.channel] === 'online';
}
