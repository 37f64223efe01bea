import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatePaths } from '../cli/state-paths.ts';
import { hasErrorCode } from '../core/contracts/has-error-code.ts';

/** Where one zone keeps what is not in its database. Nothing of it is shared with another zone. */
export type ZoneFolder = {
  readonly root: string;
  readonly jobs: string;
  readonly artifacts: string;
  readonly node: string;
  readonly control: string;
};

export function toZoneFolder(paths: StatePaths, zone: string): ZoneFolder {
  const root = join(paths.zones, zone);
  return {
    root,
    jobs: join(root, 'jobs'),
    artifacts: join(root, 'artifacts'),
    node: join(root, 'node'),
    control: join(root, 'control.json'),
  };
}

export function toDatabaseName(zone: string): string {
  return `plumbline_${zone.replaceAll('-', '_')}`;
}

/** Zones that have a folder here. */
export async function listZones(paths: StatePaths): Promise<readonly string[]> {
  try {
    const entries = await readdir(paths.zones, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
