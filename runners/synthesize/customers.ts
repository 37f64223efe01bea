import type { Chance } from './chance.ts';

export const CATEGORIES = [
  'groceries',
  'fuel',
  'electronics',
  'travel',
  'restaurants',
  'jewellery',
  'gambling',
  'utilities',
  'crypto',
] as const;

export const CHANNELS = ['chip', 'contactless', 'online', 'atm'] as const;

export const COUNTRIES = ['AE', 'DE', 'FR', 'GB', 'IN', 'US'] as const;

const CATEGORY_WEIGHTS = [30, 12, 7, 5, 20, 2, 3, 14, 5];
const CHANNEL_WEIGHTS = [30, 40, 22, 8];
const COUNTRY_WEIGHTS = [5, 2, 1, 2, 2, 1];

/** The group is what fairness is measured by: it bends habits a little, and never the label. */
export type Customer = {
  readonly id: string;
  readonly group: 'a' | 'b';
  readonly usualAmount: number;
  readonly paymentsPerDay: number;
  readonly categoryWeights: readonly number[];
  readonly channelWeights: readonly number[];
  readonly country: number;
};

export function makeCustomer(index: number, chance: Chance): Customer {
  const group = chance.fraction() < 0.62 ? 'a' : 'b';
  const bend = group === 'a' ? 0 : 1;
  const vary = (weight: number) => weight * Math.exp(0.5 * chance.normal());
  const channelWeights = CHANNEL_WEIGHTS.map(vary);
  return {
    id: `c-${String(index).padStart(5, '0')}`,
    group,
    usualAmount: Math.exp(3.3 + 0.1 * bend + 0.5 * chance.normal()),
    paymentsPerDay: (0.38 + 0.03 * bend) * Math.exp(0.35 * chance.normal()),
    categoryWeights: CATEGORY_WEIGHTS.map(vary),
    channelWeights: channelWeights.map((weight, channel) =>
      CHANNELS[channel] === 'online' ? weight * (1 + 0.25 * bend) : weight,
    ),
    country: chance.weighted(COUNTRY_WEIGHTS),
  };
}
