import type { LedgerVerdict } from '../core/audit/verify-ledger.ts';
import { CodedError } from '../core/contracts/coded-error.ts';
import { toAuditBranch } from '../core/contracts/git.ts';
import type { Checkpoint } from '../ports/anchor.ts';
import type { GitReader } from '../ports/git.ts';
import type { Instance } from '../ports/instance-file.ts';
import type { SignatureVerifier } from '../ports/ledger-signer.ts';
import { listDeclaredZones } from './read-source.ts';
import { verifyLedgerBranch } from './verify-ledger-branch.ts';

const MAX_SIGNERS_BYTES = 64 * 1024;

export type VerifyLedgersInput = {
  readonly git: GitReader;
  readonly verifier: SignatureVerifier;
  readonly zone: string | null;
  readonly strict: boolean;
  readonly problems: readonly string[];
  readonly listCheckpoints: (zone: string) => Promise<readonly Checkpoint[]>;
};

export type ZoneVerdict = { readonly zone: string; readonly verdict: LedgerVerdict };

/** The verdict on each zone's ledger. */
export async function verifyLedgers(input: VerifyLedgersInput): Promise<readonly ZoneVerdict[]> {
  const zones = input.zone === null ? await listDeclaredZones(input.git) : [input.zone];
  const verdicts: ZoneVerdict[] = [];
  for (const zone of zones) {
    const { git, verifier, strict, problems } = input;
    const checkpoints = await input.listCheckpoints(zone);
    if (input.zone !== null && checkpoints.length === 0) await checkHasLedger(git, zone);
    const rules = { git, verifier, zone, strict, problems, checkpoints };
    verdicts.push({ zone, verdict: await verifyLedgerBranch(rules) });
  }
  return verdicts;
}

/** A mistyped name must not be told to be whole. */
async function checkHasLedger(git: GitReader, zone: string): Promise<void> {
  if ((await git.readRef(toAuditBranch(zone))) !== null) return;
  throw new CodedError('P603', `the zone ${zone} has no ledger here`);
}

/** What the first commit says of who may sign: it is trusted by its oid, kept outside the repo. */
export async function readGenesisSigners(
  git: GitReader,
  instance: Instance | null,
): Promise<string> {
  if (instance === null) {
    throw new CodedError('P603', 'nothing is initialised here; say --allowed-signers FILE');
  }
  const files = [{ commit: instance.genesis, path: 'allowed_signers' }];
  const [bytes] = await git.readFiles(files, MAX_SIGNERS_BYTES);
  if (bytes) return new TextDecoder().decode(bytes);
  const genesis = instance.genesis.slice(0, 12);
  throw new CodedError('P504', `the first commit ${genesis} names no allowed signers`);
}
