import { epochUnchecked } from './epoch-unchecked.ts';
import { ledgerRowApart } from './ledger-row-apart.ts';
import { noIntentRow } from './no-intent-row.ts';
import { noOccurrence } from './no-occurrence.ts';
import { outcomeFirst } from './outcome-first.ts';
import type { Plant } from './plant.ts';

export const PLANTS: readonly Plant[] = [
  noIntentRow,
  outcomeFirst,
  epochUnchecked,
  noOccurrence,
  ledgerRowApart,
];
