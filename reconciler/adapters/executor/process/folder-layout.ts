import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isPlainName } from '../../../core/spec/target-form.ts';

/**
 * Where everything stands. Names of targets hold no dot, so the executor's own files beside their
 * folders cannot collide with one.
 */
export type FolderLayout = {
  readonly root: string;
  readonly fence: string;
  readonly lock: string;
  readonly tombstones: string;
  readonly tombstone: (target: string) => string;
  readonly target: (target: string) => string;
  readonly record: (target: string) => string;
  readonly data: (target: string) => string;
  readonly pools: (target: string) => string;
  readonly pool: (target: string, pool: string) => string;
  readonly poolRecord: (target: string, pool: string) => string;
  readonly slots: (target: string, pool: string) => string;
  readonly slot: (target: string, pool: string, slot: string) => string;
};

export const TARGET_RECORD = 'target.json';
export const POOL_RECORD = 'pool.json';
export const POOLS_FOLDER = 'pools';
export const SLOTS_FOLDER = 'slots';
export const DATA_FOLDER = 'data';
/** Whoever works in a slot puts this file there; while it stands, the slot is not taken away. */
export const LEASE_FILE = 'lease.json';

export function createFolderLayout(zoneFolder: string): FolderLayout {
  const root = join(zoneFolder, 'targets');
  const target = (name: string) => join(root, checkName(name));
  const pool = (name: string, poolName: string) =>
    join(target(name), POOLS_FOLDER, checkName(poolName));
  return {
    root,
    fence: join(root, 'fence.json'),
    lock: join(root, '.lock'),
    tombstones: join(root, '.effects'),
    tombstone: (name) => join(root, '.effects', `${checkName(name)}.json`),
    target,
    record: (name) => join(target(name), TARGET_RECORD),
    data: (name) => join(target(name), DATA_FOLDER),
    pools: (name) => join(target(name), POOLS_FOLDER),
    pool,
    poolRecord: (name, poolName) => join(pool(name, poolName), POOL_RECORD),
    slots: (name, poolName) => join(pool(name, poolName), SLOTS_FOLDER),
    slot: (name, poolName, slot) => join(pool(name, poolName), SLOTS_FOLDER, slot),
  };
}

/** The schema allows nothing else; a name that becomes a path is checked where it becomes one. */
function checkName(name: string): string {
  if (isPlainName(name)) return name;
  throw new CodedError('P406', `${JSON.stringify(name.slice(0, 100))} cannot name a folder`);
}

export function toSlotName(index: number): string {
  return String(index).padStart(3, '0');
}

export function isSlotName(name: string): boolean {
  return /^\d{3}$/.test(name);
}
