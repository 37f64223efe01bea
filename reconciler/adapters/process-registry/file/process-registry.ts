import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { ProcessRecord, ProcessRegistry } from '../../../ports/process-registry.ts';
import { endProcess } from './end-process.ts';
import {
  createWhole,
  MAX_RECORD_BYTES,
  parseRecord,
  readRecordText,
  removeIfSame,
  replaceWhole,
  toRecordText,
} from './record-file.ts';

/** Each round lost means that another process started or ended in between. */
const REGISTER_ROUNDS = 20;

export type FileProcessRegistryDeps = {
  readonly folder: string;
  readonly identity: ProcessIdentity;
  readonly clock: Clock;
};

/** One JSON file per name, `<folder>/<name>.json`, that says which process it was, and which one. */
export function createFileProcessRegistry(deps: FileProcessRegistryDeps): ProcessRegistry {
  const pathOf = (name: string): string => {
    assert.match(name, /^[a-z0-9][a-z0-9-]{0,62}$/, 'a process has a kebab-case name');
    return join(deps.folder, `${name}.json`);
  };

  const find = async (name: string): Promise<ProcessRecord | null> => {
    const record = parseRecord((await readRecordText(pathOf(name))) ?? '');
    return record !== null && (await runs(deps.identity, record)) ? record : null;
  };

  return {
    find,

    async registerSelf(name, details) {
      const { pid } = process;
      const identity = await deps.identity.readIdentity(pid);
      assert(identity !== null, 'the calling process runs');
      const text = toRecordText({ pid, identity, details });
      assert(Buffer.byteLength(text) <= MAX_RECORD_BYTES, 'details are a few short values');
      await register(deps.identity, pathOf(name), text);
    },

    async unregisterSelf(name) {
      const record = await find(name);
      if (record?.pid !== process.pid) return;
      const text = await readRecordText(pathOf(name));
      if (text !== null) await removeIfSame(pathOf(name), text);
    },

    async stop(name, graceMs) {
      const record = await find(name);
      if (record === null) return 'absent';
      assert(record.pid !== process.pid, 'a process does not wait for its own end');
      return endProcess(deps, record, graceMs);
    },
  };
}

async function runs(identity: ProcessIdentity, record: ProcessRecord): Promise<boolean> {
  return (await identity.readIdentity(record.pid)) === record.identity;
}

async function register(identity: ProcessIdentity, path: string, text: string): Promise<void> {
  for (let round = 0; round < REGISTER_ROUNDS; round += 1) {
    if (await createWhole(path, text)) return;
    const there = await readRecordText(path);
    if (there === null) continue;
    const record = parseRecord(there);
    if (record === null || !(await runs(identity, record))) {
      await removeIfSame(path, there);
    } else if (record.pid === process.pid) {
      return replaceWhole(path, text);
    } else {
      throw new CodedError('P604', `process ${record.pid} runs already`, {
        details: { pid: record.pid, path },
      });
    }
  }
  throw new CodedError('P604', 'other processes keep starting under the same name', {
    remedy: 'retry',
    details: { path },
  });
}
