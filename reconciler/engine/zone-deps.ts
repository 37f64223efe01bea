import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { Anchor } from '../ports/anchor.ts';
import type { Clock } from '../ports/clock.ts';
import type { GitReader, GitWriter } from '../ports/git.ts';
import type { LedgerSigner, SignatureVerifier } from '../ports/ledger-signer.ts';
import type { Log } from '../ports/log.ts';
import type { Randomness } from '../ports/randomness.ts';
import type { ZoneStore } from '../ports/store.ts';
import type { EffectStep } from './effect-runner.ts';
import type { KindTable } from '../ports/kind-handler.ts';
import type { PolicyGate } from './policy-gate.ts';
import type { RevisionReader } from './revision-reader.ts';

/** Times and sizes of one zone's loop; each bounds something. */
export type ZoneSettings = {
  readonly leaseTtlMs: number;
  readonly pollMs: number;
  /** How often everything is looked at again, so that a divergence nobody announced is found. */
  readonly resyncMs: number;
  readonly workers: number;
  /** After this long a worker turns to other keys while the effect goes on. */
  readonly slowEffectMs: number;
  readonly drainMs: number;
  /** No new effect starts while the ledger lags behind by more than this. */
  readonly maxBacklogRows: number;
  readonly maxBacklogAgeMs: number;
  readonly anchorEveryRecords: number;
  readonly anchorEveryMs: number;
};

export const DEFAULT_SETTINGS: ZoneSettings = {
  leaseTtlMs: 15_000,
  pollMs: 30_000,
  resyncMs: 60_000,
  workers: 8,
  slowEffectMs: 5_000,
  drainMs: 10_000,
  maxBacklogRows: 2_000,
  maxBacklogAgeMs: 60_000,
  anchorEveryRecords: 256,
  anchorEveryMs: 60_000,
};

/** Everything one zone's reconciler touches. */
export type ZoneDeps = {
  readonly zone: string;
  /** Unique to this process: the name under which it holds the lease. */
  readonly holder: string;
  /** Whether a holder is a process of this machine that certainly runs no more. */
  readonly isHolderDead: (holder: string) => Promise<boolean>;
  readonly settings: ZoneSettings;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  readonly git: GitReader & GitWriter;
  readonly signer: LedgerSigner;
  /** A judge of commit signatures, from the text of an allowed-signers file. */
  readonly createVerifier: (allowedSigners: string) => SignatureVerifier;
  readonly anchor: Anchor;
  readonly store: ZoneStore;
  readonly kinds: KindTable;
  readonly effectSteps: readonly EffectStep[];
  readonly revisions: RevisionReader;
  readonly policy: PolicyGate;
  readonly referencesOf: (form: NormalForm) => readonly Ref[];
};
