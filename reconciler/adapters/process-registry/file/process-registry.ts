import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { digestText } from '../../../core/contracts/digest.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { ProcessRecord, ProcessRegistry } from '../../../ports/process-registry.ts';
import { endProcess } from './end-process.ts';
import {
  createWhole,
  MAX_RECORD_BYTES,
  parseRecord,
  readRecordText,
  remove,
  replaceWhole,
  toRecordText,
} from './record-file.ts';

/** Each round lost means that another process started, ended or buries a dead record just now. */
const REGISTER_ROUNDS = 200;
const ROUND_MS = 10;

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
      await register(deps, pathOf(name), text);
    },

    async unregisterSelf(name) {
      const record = await find(name);
      if (record?.pid !== process.pid) return;
      // Nobody else takes away the record of a process that runs.
      await remove(pathOf(name));
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

async function register(deps: FileProcessRegistryDeps, path: string, text: string): Promise<void> {
  for (let round = 0; round < REGISTER_ROUNDS; round += 1) {
    if (await createWhole(path, text)) return;
    const there = await readRecordText(path);
    if (there === null) continue;
    const record = parseRecord(there);
    if (record === null || !(await runs(deps.identity, record))) {
      const isBuried = await bury(deps.identity, { path, dead: there, text });
      if (!isBuried) await deps.clock.sleep(ROUND_MS);
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

/**
 * Takes a dead record away, if it still is there. Of all who start over the same one, who claims it
 * first is the only one to do so: somebody else's new record is never taken for it. A claim is a
 * record like any other, and one whose process died is buried in the same way.
 */
async function bury(
  identity: ProcessIdentity,
  { path, dead, text }: { readonly path: string; readonly dead: string; readonly text: string },
): Promise<boolean> {
  const claim = `${path}.${digestText(dead).slice('sha256:'.length).slice(0, CLAIM_DIGITS)}.claim`;
  if (!(await createWhole(claim, text))) {
    const claimed = await readRecordText(claim);
    const claimant = parseRecord(claimed ?? '');
    if (claimed === null || (claimant !== null && (await runs(identity, claimant)))) return false;
    return bury(identity, { path: claim, dead: claimed, text });
  }
  try {
    if ((await readRecordText(path)) === dead) await remove(path);
    return true;
  } finally {
    await remove(claim);
  }
}

const CLAIM_DIGITS = 12;
