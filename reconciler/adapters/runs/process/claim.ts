import { join } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { RunFolder } from './folder-layout.ts';
import { type Claim, type ProcessMark, parseClaim, parseMark, toRecordText } from './records.ts';
import type { RunFiles } from './run-files.ts';

const MAX_CLAIM_BYTES = 16 * 1024;

/** The name is the executor's: while it stands, the slot is not taken away. */
const LEASE_FILE = 'lease.json';

/**
 * Makes a supervisor the one that answers for a run, in a slot. Each file appears complete or not
 * at all, so of two supervisors one has both. It may be said twice, by whoever started the
 * supervisor and by itself. False when the run or the slot is somebody else's.
 */
export async function claimRun(
  files: RunFiles,
  folder: RunFolder,
  input: { readonly runKey: string; readonly claim: Claim },
): Promise<boolean> {
  const { runKey, claim } = input;
  const text = toRecordText(claim);
  const isTaken = await files.createWhole(folder.claim, toAside(folder, 'claim'), text);
  if (!isTaken && !isSame(await readClaim(files, folder), claim)) return false;
  const { pid, identity } = claim;
  const lease = `${JSON.stringify({ v: 1, runKey, pid, identity })}\n`;
  const leasePath = join(claim.slotFolder, LEASE_FILE);
  const isLeased = await createLease(files, leasePath, toAside(folder, 'lease'), lease);
  if (isLeased || isSame(await readLease(files, claim.slotFolder), claim)) return true;
  await releaseClaim(files, folder, claim);
  return false;
}

/** The slot first: while the claim stands, nobody else takes up the run. */
export async function releaseRun(files: RunFiles, folder: RunFolder, claim: Claim): Promise<void> {
  await releaseLease(files, claim.slotFolder, claim);
  await releaseClaim(files, folder, claim);
}

async function readClaim(files: RunFiles, folder: RunFolder): Promise<Claim | null> {
  return parseClaim(await files.readText(folder.claim, MAX_CLAIM_BYTES));
}

/**
 * Who answers for a run: nobody, a supervisor that lives, or one that died. A claim that cannot be
 * read was left by a power cut, and then nobody lives.
 */
export async function lookAtClaim(
  files: RunFiles,
  processIdentity: ProcessIdentity,
  folder: RunFolder,
): Promise<{ readonly state: 'none' | 'alive' | 'dead'; readonly claim: Claim | null }> {
  const text = await files.readText(folder.claim, MAX_CLAIM_BYTES);
  if (text === null) return { state: 'none', claim: null };
  const claim = parseClaim(text);
  if (claim !== null && (await isAlive(processIdentity, claim))) return { state: 'alive', claim };
  return { state: 'dead', claim };
}

/** What a dead supervisor held. */
export async function sweepClaim(
  files: RunFiles,
  folder: RunFolder,
  claim: Claim | null,
): Promise<void> {
  if (claim !== null) await releaseLease(files, claim.slotFolder, claim);
  await files.removeFile(folder.claim);
}

/** Whether the very process still runs. */
async function isAlive(processIdentity: ProcessIdentity, mark: ProcessMark): Promise<boolean> {
  return (await processIdentity.readIdentity(mark.pid)) === mark.identity;
}

/** Whether a slot can be taken; a lease of a dead process is swept, since nobody else would. */
export async function isSlotFree(
  files: RunFiles,
  processIdentity: ProcessIdentity,
  slotFolder: string,
): Promise<boolean> {
  const text = await files.readText(join(slotFolder, LEASE_FILE), MAX_CLAIM_BYTES);
  if (text === null) return true;
  const owner = parseMark(text);
  if (owner !== null && (await isAlive(processIdentity, owner))) return false;
  await files.removeFile(join(slotFolder, LEASE_FILE));
  return true;
}

async function releaseLease(files: RunFiles, slotFolder: string, owner: ProcessMark) {
  if (!isSame(await readLease(files, slotFolder), owner)) return;
  await files.removeFile(join(slotFolder, LEASE_FILE));
}

async function releaseClaim(files: RunFiles, folder: RunFolder, claim: Claim): Promise<void> {
  if (isSame(await readClaim(files, folder), claim)) await files.removeFile(folder.claim);
}

/** A slot that was taken away in the meantime cannot be leased. */
async function createLease(files: RunFiles, path: string, aside: string, text: string) {
  try {
    return await files.createWhole(path, aside, text);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function readLease(files: RunFiles, slotFolder: string): Promise<ProcessMark | null> {
  return parseMark(await files.readText(join(slotFolder, LEASE_FILE), MAX_CLAIM_BYTES));
}

function isSame(left: ProcessMark | null, right: ProcessMark): boolean {
  return left?.pid === right.pid && left.identity === right.identity;
}

/** In the run's folder: a slot holds nothing but its lease. */
function toAside(folder: RunFolder, name: string): string {
  return join(folder.path, `${name}-${process.pid}.tmp`);
}
