import { lstat, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { DataConnection, DataConnections } from '../../../ports/data-connections.ts';
import type { ProgramRunner } from '../../../ports/program-runner.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { locateFile, requireConnectionName } from './locate.ts';
import { isAsMade, readMade } from './made.ts';
import { makeFolder, makeUp, removeAsides, unmake } from './make-up.ts';

/** Each connection is a folder of the zone, for its owner alone; people fill it, or we make it up. */
export function createFolderDataConnections(deps: {
  /** The zone's own folder; connections stand below it, in `connections`. */
  readonly zoneFolder: string;
  readonly programRunner: ProgramRunner;
  readonly randomness: Randomness;
}): DataConnections {
  const toFolder = (name: string) =>
    join(deps.zoneFolder, 'connections', requireConnectionName(name));
  const inTurn = createTurns();
  return {
    ensure: ({ name, synthetic }) =>
      inTurn(async () => {
        const folder = toFolder(name);
        await makeFolder(folder);
        if (synthetic === null) await unmake(folder);
        else await makeUp(deps, folder, synthetic);
      }),

    observe: async (connection) => {
      try {
        return await observe(toFolder(connection.name), connection);
      } catch {
        return 'unknown';
      }
    },

    remove: (name) =>
      inTurn(async () => {
        const folder = toFolder(name);
        await removeAsides(folder);
        await unmake(folder).catch(ignoring('ENOENT'));
        await rmdir(folder).catch(ignoring('ENOENT', 'ENOTEMPTY', 'EEXIST'));
      }),

    locate: async ({ connection, path }) => locateFile(toFolder(connection), { connection, path }),
  };
}

async function observe(
  folder: string,
  { synthetic }: DataConnection,
): Promise<'present' | 'absent'> {
  const stats = await lstat(folder).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (stats === null) return 'absent';
  if (!stats.isDirectory()) throw new CodedError('P801', `${folder} is no folder`);
  const made = await readMade(folder);
  if (synthetic === null) return made === null ? 'present' : 'absent';
  return made !== null && (await isAsMade(folder, made, synthetic)) ? 'present' : 'absent';
}

/** One change of the folders after the other; only the zone's leader makes any. */
function createTurns(): (act: () => Promise<void>) => Promise<void> {
  let tail: Promise<void> = Promise.resolve();
  return (act) => {
    const turn = tail.then(act);
    tail = turn.catch(() => {});
    return turn;
  };
}

function ignoring(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!hasErrorCode(error, ...codes)) throw error;
  };
}
