import type { Oid } from '../core/contracts/git.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { Anchor } from '../ports/anchor.ts';
import type { Forge } from '../ports/forge.ts';
import type { GitReader, GitWriter } from '../ports/git.ts';
import type { SignatureVerifier } from '../ports/ledger-signer.ts';
import type { EffectDeps } from './effect-deps.ts';
import type { EffectStep } from './effect-runner.ts';
import type { PolicyGate } from './policy-gate.ts';
import type { RevisionReader } from './revision-reader.ts';

/** Everything one zone's reconciler touches. */
export type ZoneDeps = EffectDeps & {
  /** Unique to this process: the name under which it holds the lease. */
  readonly holder: string;
  /** Whether a holder is a process of this machine that certainly runs no more. */
  readonly isHolderDead: (holder: string) => Promise<boolean>;
  readonly git: GitReader & GitWriter;
  /** The commit that the installation trusts by its oid; null where nothing was initialised. */
  readonly genesis: Oid | null;
  /** A judge of commit signatures, from the text of an allowed-signers file. */
  readonly createVerifier: (allowedSigners: string) => SignatureVerifier;
  /** Who can say what a commit of main came from; null where there is no forge. */
  readonly forge: Pick<Forge, 'listCandidates'> | null;
  readonly anchor: Anchor;
  readonly effectSteps: readonly EffectStep[];
  readonly revisions: RevisionReader;
  readonly policy: PolicyGate;
  readonly referencesOf: (form: NormalForm) => readonly Ref[];
};
