import { backlogStopsEffects } from './backlog-stops-effects.ts';
import { causesAreAskedOnce } from './causes-are-asked-once.ts';
import { desiredNeverRewinds } from './desired-never-rewinds.ts';
import { effectsHappenOnce } from './effects-happen-once.ts';
import { epochsNeverFall } from './epochs-never-fall.ts';
import { intentsComeFirst } from './intents-come-first.ts';
import type { Invariant } from './invariant.ts';
import { ledgerIsComplete } from './ledger-is-complete.ts';
import { ledgerOnlyGrows } from './ledger-only-grows.ts';
import { ledgerVerifies } from './ledger-verifies.ts';
import { neighboursGoOn } from './neighbours-go-on.ts';
import { removalsAreJudged } from './removals-are-judged.ts';
import { restIsRest } from './rest-is-rest.ts';
import { rollbacksHold } from './rollbacks-hold.ts';
import { verdictsFit } from './verdicts-fit.ts';
import { weightsFollowReadiness } from './weights-follow-readiness.ts';

/** Watched over every event. Liveness, leadership and replay are judged by the run itself. */
export const INVARIANTS: readonly Invariant[] = [
  removalsAreJudged,
  effectsHappenOnce,
  epochsNeverFall,
  intentsComeFirst,
  restIsRest,
  desiredNeverRewinds,
  neighboursGoOn,
  ledgerIsComplete,
  ledgerOnlyGrows,
  ledgerVerifies,
  backlogStopsEffects,
  weightsFollowReadiness,
  rollbacksHold,
  verdictsFit,
  causesAreAskedOnce,
];
