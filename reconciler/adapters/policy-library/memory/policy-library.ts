import { CodedError } from '../../../core/contracts/coded-error.ts';
import {
  isPackFile,
  isPackName,
  MAX_PACK_FILE_BYTES,
  MAX_PACK_FILES,
} from '../../../core/policy/pack-limits.ts';
import type { PackFile, PolicyLibrary } from '../../../ports/policy-library.ts';

export function createMemoryPolicyLibrary(
  packs: Readonly<Record<string, readonly PackFile[]>>,
): PolicyLibrary {
  return {
    async readPack(name) {
      const pack = isPackName(name) && Object.hasOwn(packs, name) ? packs[name] : undefined;
      if (pack === undefined) throw refuse(name, 'it is not there');
      const files = pack.filter(({ path }) => isPackFile(path));
      if (files.length > MAX_PACK_FILES) throw refuse(name, `it has over ${MAX_PACK_FILES} files`);
      if (files.some(({ bytes }) => bytes.length > MAX_PACK_FILE_BYTES)) {
        throw refuse(name, `a file is larger than ${MAX_PACK_FILE_BYTES} bytes`);
      }
      return [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
    },
  };
}

function refuse(name: string, why: string): CodedError {
  return new CodedError('P304', `policy pack ${JSON.stringify(name.slice(0, 100))}: ${why}`);
}
