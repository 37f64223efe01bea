import { LIMITS } from '../spec/limits.ts';

/** A pack is written by hand; a hundred policies with their tests fit twice. */
export const MAX_PACK_FILES = 400;
export const MAX_PACK_FILE_BYTES = LIMITS.fileBytes;

export function isPackName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/** What belongs to a pack; a README beside it does not. */
export function isPackFile(path: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{0,100}\.ya?ml$/.test(path);
}
