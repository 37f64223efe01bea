import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfPresent, replaceFile } from './files.ts';
import type { Home } from './home.ts';

/** What Postgres itself writes down about the process that owns the data folder. */
export type PostmasterFile = {
  readonly pid: number;
  readonly port: number | null;
  readonly isReady: boolean;
  readonly text: string;
};

/** What we write down when we start it. */
export type ServerRecord = {
  readonly v: 1;
  readonly pid: number;
  readonly identity: string;
  readonly port: number;
};

/** No process can have this id: Linux and macOS stop far below. */
const NO_PID = 2 ** 31 - 2;

const toPath = (home: Home) => join(home.dataFolder, 'postmaster.pid');

/** Lines: pid, data folder, start time, port, socket folder, address, shared memory, status. */
export async function readPostmasterFile(home: Home): Promise<PostmasterFile | null> {
  const text = await readIfPresent(toPath(home));
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (text === null || !Number.isSafeInteger(pid) || pid <= 0) return null;
  const port = Number(lines[3]);
  return {
    pid,
    port: Number.isSafeInteger(port) && port > 0 ? port : null,
    isReady: lines[7]?.trim() === 'ready',
    text,
  };
}

/**
 * After a power cut another process of the same user may run under the old server's process id,
 * and Postgres would take it for the old server and refuse to start. The file is not removed,
 * because its line on shared memory is how Postgres notices children of a killed server that are
 * still at work; the process id alone is replaced by one that no process can have.
 */
export async function forgetProcess(home: Home, file: PostmasterFile): Promise<void> {
  const rest = file.text.slice(file.text.indexOf('\n'));
  // The folder belongs to a user with fewer rights than ours: no link of his is followed.
  const flags = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW;
  const handle = await open(toPath(home), flags);
  try {
    await handle.writeFile(`${NO_PID}${rest}`);
  } finally {
    await handle.close();
  }
}

export async function readServerRecord(home: Home): Promise<ServerRecord | null> {
  const text = await readIfPresent(home.serverFile);
  return text === null ? null : (JSON.parse(text) as ServerRecord);
}

export function writeServerRecord(home: Home, record: ServerRecord): Promise<void> {
  return replaceFile(home.serverFile, `${JSON.stringify(record)}\n`);
}
