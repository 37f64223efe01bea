import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { isPlainName } from '../../../core/spec/target-form.ts';
import type { DataLocation } from '../../../ports/data-connections.ts';

const MAX_PATH_LENGTH = 1_024;

/** Only such names become folders. Throws P801. */
export function requireConnectionName(name: string): string {
  if (isPlainName(name)) return name;
  throw new CodedError('P801', `${JSON.stringify(name)} is no name of a connection`);
}

/**
 * Where the file really is, so that whoever opens it can tell whether it still is there. Throws P801
 * unless each step from the connection's folder to the file is what it seems.
 */
export async function locateFile(folder: string, location: DataLocation): Promise<string> {
  const segments = location.path.split('/');
  const isPlain = segments.every(
    (segment) => segment !== '' && segment !== '.' && segment !== '..',
  );
  if (!isPlain || location.path.length > MAX_PATH_LENGTH || /[\\\0]/.test(location.path)) {
    throw refuse(location, 'its path is not one of names with slashes between them');
  }
  let path = await toRealPlace(folder, location);
  await requireFolder(path, location);
  for (const segment of segments.slice(0, -1)) {
    path = join(path, segment);
    await requireFolder(path, location);
  }
  const file = join(path, segments.at(-1) ?? '');
  const stats = await look(file, location);
  if (stats.isSymbolicLink()) throw refuse(location, 'it is a link');
  if (!stats.isFile()) throw refuse(location, 'it is no file');
  return file;
}

/** The zone may be reached through links; the connection's own folder is none. */
async function toRealPlace(folder: string, location: DataLocation): Promise<string> {
  await look(dirname(folder), location);
  return join(await realpath(dirname(folder)), basename(folder));
}

async function requireFolder(path: string, location: DataLocation): Promise<void> {
  const stats = await look(path, location);
  if (stats.isSymbolicLink()) throw refuse(location, 'a folder on the way to it is a link');
  if (!stats.isDirectory()) throw refuse(location, 'a folder on the way to it is none');
}

async function look(path: string, location: DataLocation): Promise<Stats> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw refuse(location, 'there is no such file');
    if (hasErrorCode(error, 'EACCES', 'EPERM', 'ENAMETOOLONG')) {
      throw refuse(location, 'it cannot be reached');
    }
    throw error;
  }
}

function refuse({ connection, path }: DataLocation, why: string): CodedError {
  const place = `${JSON.stringify(path)} of the connection ${connection}`;
  return new CodedError('P801', `${place} is refused: ${why}`);
}
