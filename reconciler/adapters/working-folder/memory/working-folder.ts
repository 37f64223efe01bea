import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { FolderEntry, WorkingFolder } from '../../../ports/working-folder.ts';

export interface MemoryWorkingFolder extends WorkingFolder {
  write(path: string, bytes: Uint8Array): void;
  link(path: string): void;
  remove(path: string): void;
  /** From now on there is no such folder. */
  removeFolder(): void;
}

const PASSED_OVER = /(^|\/)(\.git|node_modules)\//;

export function createMemoryWorkingFolder(): MemoryWorkingFolder {
  let entries: Map<string, FolderEntry> | null = new Map();
  const put = (entry: FolderEntry): void => {
    entries ??= new Map();
    entries.set(entry.path, entry);
  };
  return {
    write: (path, bytes) => put({ path, type: 'file', bytes: bytes.slice() }),
    link: (path) => put({ path, type: 'symlink', bytes: new Uint8Array() }),
    remove(path) {
      entries?.delete(path);
    },
    removeFolder() {
      entries = null;
    },

    async read(wants, limits) {
      if (entries === null) throw new CodedError('P603', 'there is no such folder');
      const found = [...entries.values()].filter(
        ({ path }) => !PASSED_OVER.test(path) && wants(path),
      );
      if (found.length > limits.maxEntries) {
        const why = `the folder holds more than ${limits.maxEntries} files of the wanted kind`;
        throw new CodedError('P107', why);
      }
      found.sort((left, right) => (left.path < right.path ? -1 : 1));
      return found.map((entry) => ({
        ...entry,
        bytes: entry.bytes.slice(0, limits.maxBytesEach + 1),
      }));
    },
  };
}
