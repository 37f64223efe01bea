import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isDigest } from '../../../core/contracts/digest.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { requireContract } from '../../../core/contracts/parse-contract.ts';
import { toSourceDigest } from '../../../core/features/contract.ts';
import { readSmallFile } from '../../../machine/durable-file.ts';
import type { Snapshots, StoredSnapshot } from '../../../ports/snapshots.ts';
import { type AcceptDeps, acceptInput } from './accept.ts';
import { type Accepted, readAcceptedFile } from './accepted.ts';
import { digestFile, readInputState } from './input-state.ts';
import { type SourceFolder, toSourceFolder } from './source-folder.ts';

const MAX_RECORD_BYTES = 1024 * 1024;

/** Snapshots as folders of the zone, each under the digest of its rows. */
export function createFolderSnapshots(
  deps: AcceptDeps & {
    /** The zone's own folder; snapshots stand below it, in `snapshots`. */
    readonly zoneFolder: string;
  },
): Snapshots {
  const toFolder = (source: string) => toSourceFolder(join(deps.zoneFolder, 'snapshots'), source);
  const inTurn = createTurns();
  const digests = createDigestMemory();
  return {
    accept: (source, inputFile) =>
      inTurn(async () => {
        const folder = toFolder(source.source);
        const record = await acceptInput(deps, folder, { source, inputFile });
        return { record, rowsFile: folder.toSnapshot(record.digest).rows };
      }),

    async readAccepted(source) {
      const folder = toFolder(source);
      const accepted = await readWhole(folder);
      if (accepted === null) return null;
      const { record } = accepted;
      return { record, rowsFile: folder.toSnapshot(record.digest).rows };
    },

    async isCurrent(source, inputFile) {
      const accepted = await readWhole(toFolder(source.source));
      if (accepted?.record.sourceDigest !== toSourceDigest(source)) return false;
      const state = await readInputState(inputFile);
      if (state === null) return false;
      if (state === accepted.inputState) return true;
      // Touched, or replaced by a copy: its bytes decide.
      return (await digests.read(inputFile, state)) === accepted.record.inputDigest;
    },

    find: (source, digest) => findSnapshot(toFolder(source), source, digest),

    remove: (source) =>
      inTurn(async () => {
        const folder = toFolder(source);
        // First what points to the rest, so that a crash leaves nothing that looks whole.
        await rm(folder.accepted, { force: true });
        await rm(folder.root, { recursive: true, force: true });
      }),
  };
}

/** Null also when somebody took the rows away: then the source is accepted anew. */
async function readWhole(folder: SourceFolder): Promise<Accepted | null> {
  const accepted = await readAcceptedFile(folder.accepted);
  if (accepted === null) return null;
  try {
    const stats = await lstat(folder.toSnapshot(accepted.record.digest).rows);
    return stats.isFile() ? accepted : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

async function findSnapshot(
  folder: SourceFolder,
  source: string,
  digest: string,
): Promise<StoredSnapshot> {
  const what = `the snapshot ${digest.slice(0, 80)} of ${source}`;
  if (!isDigest(digest)) throw new CodedError('P802', `${what} has no digest for a name`);
  const snapshot = folder.toSnapshot(digest);
  const text = await readSmallFile(snapshot.record, MAX_RECORD_BYTES).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOTDIR')) return null;
    throw error;
  });
  if (text === null) throw new CodedError('P802', `${what} is missing`);
  const record = requireContract('SnapshotRecord', text, { code: 'P802', what });
  const isNamed = record.digest === digest && record.source === source;
  if (!isNamed || (await digestFile(snapshot.rows)) !== digest) {
    throw new CodedError('P802', `${what} is damaged: its bytes have another digest`);
  }
  return { record, rowsFile: snapshot.rows };
}

/** The digest of a file that has not changed since it was last asked for: one for each file. */
function createDigestMemory() {
  const known = new Map<string, { readonly state: string; readonly digest: string | null }>();
  return {
    async read(path: string, state: string): Promise<string | null> {
      const there = known.get(path);
      if (there?.state === state) return there.digest;
      const digest = await digestFile(path);
      if (known.size >= MAX_KNOWN_DIGESTS) known.clear();
      if ((await readInputState(path)) === state) known.set(path, { state, digest });
      return digest;
    },
  };
}

const MAX_KNOWN_DIGESTS = 1_024;

/** One change of the folders after the other; only the zone's leader makes any. */
function createTurns(): <T>(act: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = tail.then(act);
    tail = turn.catch(() => {});
    return turn;
  };
}
