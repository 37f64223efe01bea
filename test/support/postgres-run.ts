import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process, { pid } from 'node:process';
import type { TestProject } from 'vitest/node';
import { openHome } from '../../reconciler/adapters/database-server/embedded/home.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createTestServer, PRIVILEGED_FOLDER } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The state folder of this run's Postgres, which the first test that needs it starts. */
    postgresStateFolder: string;
  }
}

const PREFIX = 'plumbline-test-postgres-';
const RUN_FILE = 'run.json';

/** Before the first test of a run and after its last: the server ends with the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const stateFolder = await mkdtemp(join(tmpdir(), PREFIX));
  await chmod(stateFolder, 0o700);
  const identity = await createSystemProcessIdentity().readIdentity(pid);
  await writeFile(join(stateFolder, RUN_FILE), JSON.stringify({ pid, identity }));
  project.provide('postgresStateFolder', stateFolder);
  const { serverFile } = await openHome({ stateFolder, privilegedFolder: PRIVILEGED_FOLDER });
  const stopAtExit = () => stopNow(serverFile);
  process.once('exit', stopAtExit);
  return async () => {
    await remove(stateFolder);
    process.off('exit', stopAtExit);
  };
}

/** Ctrl-C leaves no time for anything asynchronous; the folders are left to the next run. */
function stopNow(serverFile: string): void {
  try {
    process.kill(JSON.parse(readFileSync(serverFile, 'utf8')).pid, 'SIGINT');
  } catch {
    // No test had asked for it, or it has ended.
  }
}

/** A run that was killed could not clean up: the next one does it. */
async function removeLeftovers(): Promise<void> {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const folder of folders.map((name) => join(tmpdir(), name))) {
    if (await isAbandoned(folder)) await remove(folder);
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const run = JSON.parse(await readFile(join(folder, RUN_FILE), 'utf8'));
    return (await createSystemProcessIdentity().readIdentity(run.pid)) !== run.identity;
  } catch {
    // Just being made, or another user's: not ours to judge.
    return false;
  }
}

async function remove(stateFolder: string): Promise<void> {
  await createTestServer(stateFolder).destroy();
  await rm(stateFolder, { recursive: true, force: true });
}
