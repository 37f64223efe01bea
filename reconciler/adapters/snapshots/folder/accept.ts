import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { SnapshotRecord } from '../../../core/contracts/generated/snapshot-record.generated.ts';
import { checkContract } from '../../../core/contracts/parse-contract.ts';
import { toSourceDigest } from '../../../core/features/contract.ts';
import type { SourceDefinition } from '../../../core/features/source-definition.ts';
import { syncPath } from '../../../machine/durable-file.ts';
import type { ProgramRunner } from '../../../ports/program-runner.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { writeAcceptedFile } from './accepted.ts';
import { digestFile, readInputState } from './input-state.ts';
import { ASIDE_PREFIX, ROWS_FILE, type SourceFolder } from './source-folder.ts';

/** Some hundred million rows; nobody waits for it but the source itself. */
const LIMIT_MS = 60 * 60_000;

export type AcceptDeps = {
  readonly programRunner: ProgramRunner;
  readonly randomness: Randomness;
};

/**
 * The snapshot is made elsewhere, made durable, moved to the place that its bytes name, and only
 * then called the accepted one. A crash between any two steps leaves the one before accepted.
 */
export async function acceptInput(
  deps: AcceptDeps,
  folder: SourceFolder,
  input: { readonly source: SourceDefinition; readonly inputFile: string },
): Promise<SnapshotRecord> {
  await makeDurably(folder.root);
  await removeAsides(folder);
  const aside = folder.toAside(Buffer.from(deps.randomness.bytes(8)).toString('hex'));
  await mkdir(aside, { mode: 0o700 });
  try {
    const before = await readInputState(input.inputFile);
    const record = await ingest(deps, input, aside);
    const after = await readInputState(input.inputFile);
    await syncTree(aside);
    await moveInto(folder, aside, record.digest);
    const inputState = before === after ? before : null;
    await writeAcceptedFile(folder.accepted, { record, inputState });
    return record;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function ingest(
  deps: AcceptDeps,
  input: { readonly source: SourceDefinition; readonly inputFile: string },
  outputFolder: string,
): Promise<SnapshotRecord> {
  const { source, inputFile } = input;
  const answer = await deps.programRunner.run({
    program: 'materialize',
    verb: 'ingest',
    job: { v: 1, source, inputFile, outputFolder },
    limitMs: LIMIT_MS,
  });
  const checked = checkContract('SnapshotRecord', answer);
  if (checked.state === 'invalid') {
    throw new CodedError('P808', `materialize ingest answered with no record, at ${checked.why}`);
  }
  const record = checked.value;
  const isOfThis =
    record.source === source.source && record.sourceDigest === toSourceDigest(source);
  const digest = await digestFile(join(outputFolder, ROWS_FILE));
  if (isOfThis && digest === record.digest) return record;
  throw new CodedError('P808', 'materialize ingest answered with the record of something else');
}

/** Content has one place, so what stands there already is the same, unless it was damaged. */
async function moveInto(folder: SourceFolder, aside: string, digest: string): Promise<void> {
  const snapshot = folder.toSnapshot(digest);
  if ((await digestFile(snapshot.rows)) === digest) return;
  await rm(snapshot.root, { recursive: true, force: true });
  await rename(aside, snapshot.root);
  await syncPath(folder.root);
}

async function syncTree(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await syncPath(join(folder, name));
  await syncPath(folder);
}

async function makeDurably(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncPath(dirname(folder));
}

async function removeAsides(folder: SourceFolder): Promise<void> {
  for (const name of await readdir(folder.root)) {
    if (!name.startsWith(ASIDE_PREFIX)) continue;
    await rm(join(folder.root, name), { recursive: true, force: true });
  }
}
