import { join } from 'node:path';
import type { StatePaths } from '../cli/state-paths.ts';
import { listFolders } from '../machine/folders.ts';

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
export function listZones(paths: StatePaths): Promise<readonly string[]> {
  return listFolders(paths.zones);
}
