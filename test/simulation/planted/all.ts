import { askedAgain } from './asked-again.ts';
import { backlogIgnored } from './backlog-ignored.ts';
import { epochUnchecked } from './epoch-unchecked.ts';
import { failureBelieved } from './failure-believed.ts';
import { fenceNotRaised } from './fence-not-raised.ts';
import { historyIgnored } from './history-ignored.ts';
import { ledgerRowApart } from './ledger-row-apart.ts';
import { noIntentRow } from './no-intent-row.ts';
import { noOccurrence } from './no-occurrence.ts';
import { observationKept } from './observation-kept.ts';
import { outcomeFirst } from './outcome-first.ts';
import type { Plant } from './plant.ts';
import { quarantineForgotten } from './quarantine-forgotten.ts';
import { rollbackStopsEarly } from './rollback-stops-early.ts';
import { supersededStarted } from './superseded-started.ts';
import { verdictForAnother } from './verdict-for-another.ts';
import { weightBeforeReadiness } from './weight-before-readiness.ts';

export const PLANTS: readonly Plant[] = [
  noIntentRow,
  outcomeFirst,
  epochUnchecked,
  noOccurrence,
  ledgerRowApart,
  backlogIgnored,
  failureBelieved,
  fenceNotRaised,
  historyIgnored,
  observationKept,
  supersededStarted,
  weightBeforeReadiness,
  verdictForAnother,
  rollbackStopsEarly,
  askedAgain,
  quarantineForgotten,
];
