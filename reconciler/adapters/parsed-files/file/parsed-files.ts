import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isOid, type Oid } from '../../../core/contracts/git.ts';
import { LANGUAGE_DIGEST } from '../../../core/spec/generated/language-digest.generated.ts';
import type { ParsedFile } from '../../../core/spec/parsed-file.ts';
import type { ParsedFiles } from '../../../ports/parsed-files.ts';

/** Far above what a repo within the limits of the language comes to; then it begins anew. */
const MAX_BYTES = 256 * 1024 * 1024;
const CHECKSUM_CHARACTERS = 16;

/**
 * One file that only grows: a line that names the language, then a line for each blob with its oid,
 * a checksum and what was parsed. A torn or foreign line is passed by, so that neither a crash nor
 * two writers at once can spoil more than their own lines.
 */
export function createFileParsedFiles(path: string): ParsedFiles {
  return {
    load: async () => (await readLines(path)) ?? new Map(),
    add: async (files) => {
      try {
        await append(path, [...files].map(([oid, file]) => toLine(oid, file)).join(''));
      } catch {
        // A full disk or a folder that may not be written costs time at the next start, no more.
      }
    },
  };
}

const HEADER = `plumbline parsed files 1 ${LANGUAGE_DIGEST}\n`;

function toLine(oid: Oid, file: ParsedFile): string {
  const text = JSON.stringify(file);
  return `${oid} ${toChecksum(text)} ${text}\n`;
}

function toChecksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECKSUM_CHARACTERS);
}

async function append(path: string, lines: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const isOurs = await hasOurHeader(path);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const target = isOurs ? path : `${path}.${process.pid}.new`;
  const handle = await open(target, isOurs ? flags : flags | constants.O_TRUNC, 0o600);
  try {
    await handle.writeFile(isOurs ? lines : HEADER + lines);
  } finally {
    await handle.close();
  }
  if (!isOurs) await rename(target, path);
}

async function hasOurHeader(path: string): Promise<boolean> {
  const handle = await openForReading(path);
  if (handle === null) return false;
  try {
    const { size } = await handle.stat();
    if (size > MAX_BYTES) return false;
    const start = Buffer.alloc(HEADER.length);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    return start.subarray(0, bytesRead).toString('latin1') === HEADER;
  } finally {
    await handle.close();
  }
}

/** Null when there is nothing, or nothing of this language. */
async function readLines(path: string): Promise<ReadonlyMap<Oid, ParsedFile> | null> {
  const handle = await openForReading(path);
  if (handle === null) return null;
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_BYTES) return null;
    const text = await handle.readFile('utf8');
    if (!text.startsWith(HEADER)) return null;
    const files = new Map<Oid, ParsedFile>();
    for (const line of text.slice(HEADER.length).split('\n')) takeLine(files, line);
    return files;
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

function takeLine(files: Map<Oid, ParsedFile>, line: string): void {
  const [oid = '', checksum = ''] = line.split(' ', 2);
  if (!isOid(oid) || files.has(oid)) return;
  const text = line.slice(oid.length + checksum.length + 2);
  if (toChecksum(text) !== checksum) return;
  files.set(oid, JSON.parse(text) as ParsedFile);
}

async function openForReading(path: string) {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  return open(path, flags).catch(() => null);
}
