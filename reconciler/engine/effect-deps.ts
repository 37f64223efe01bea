import type { Clock } from '../ports/clock.ts';
import type { KindTable } from '../ports/kind-handler.ts';
import type { LedgerSigner } from '../ports/ledger-signer.ts';
import type { Log } from '../ports/log.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { ZoneStore } from '../ports/store.ts';
import type { ZoneSettings } from './zone-settings.ts';

/** What it takes to bring one effect from its intent to its record. */
export type EffectDeps = {
  readonly zone: string;
  readonly settings: ZoneSettings;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  readonly signer: LedgerSigner;
  readonly store: ZoneStore;
  readonly kinds: KindTable;
};
