import { constants } from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { NodeConfig } from '../../../core/contracts/node-config.ts';

/** Some hundred thousand lines; one older log of the same size is kept. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** What a person reads of a log in a message. */
const LOG_END_BYTES = 2_048;

/** Names tried for a file written aside; each try that fails met a leftover or a sibling. */
const ASIDE_TRIES = 100;

export function toConfigFile(nodeFolder: string): string {
  return join(nodeFolder, 'config.json');
}

export async function writeConfig(config: NodeConfig): Promise<void> {
  await mkdir(config.nodeFolder, { recursive: true, mode: 0o700 });
  await replaceFile(toConfigFile(config.nodeFolder), `${JSON.stringify(config)}\n`);
}

/** The port on which the node answered last; null when it never did. */
export async function readLastPort(nodeFolder: string): Promise<number | null> {
  try {
    const port = Number(await readFile(join(nodeFolder, 'port'), 'utf8'));
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

export async function writeLastPort(nodeFolder: string, port: number): Promise<void> {
  await replaceFile(join(nodeFolder, 'port'), `${port}\n`);
}

async function replaceFile(path: string, text: string): Promise<void> {
  for (let attempt = 0; attempt < ASIDE_TRIES; attempt += 1) {
    const aside = `${path}.${process.pid}-${attempt}.partial`;
    try {
      const handle = await open(aside, 'wx', 0o600);
      await handle.writeFile(text).finally(() => handle.close());
      return await rename(aside, path);
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
  }
  throw new Error(`no free name beside ${path} after ${ASIDE_TRIES} tries`);
}

function toLogFile(nodeFolder: string): string {
  return join(nodeFolder, 'node.log');
}

/** For a node's output. Everything is appended, so that the file may be cut while the node runs. */
export async function openLog(nodeFolder: string) {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const handle = await open(
    toLogFile(nodeFolder),
    O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY,
    0o600,
  );
  return { handle, startsAt: (await handle.stat()).size };
}

/** The node keeps the file open, so it is copied and cut; lines written in between are lost. */
export async function rotateLog(nodeFolder: string): Promise<void> {
  const path = toLogFile(nodeFolder);
  try {
    if ((await stat(path)).size <= MAX_LOG_BYTES) return;
    await copyFile(path, `${path}.1`);
    await truncate(path, 0);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}

/** The last lines since a place in the log. */
export async function readLogEnd(nodeFolder: string, startsAt: number): Promise<string> {
  const handle = await open(toLogFile(nodeFolder), 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(Math.min(startsAt, size), size - LOG_END_BYTES);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}
