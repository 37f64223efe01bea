import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseAccount } from './account.ts';
import { makeReadableFolder } from './binaries.ts';
import type { Account } from './program.ts';

/** Where one server keeps its things. Everything but `dataFolder` belongs to us alone. */
export type Home = {
  /** The state folder that this server serves: its name for messages. */
  readonly stateFolder: string;
  /** `<stateFolder>/postgres`: what ties the state folder to this server. */
  readonly anchorFolder: string;
  readonly folder: string;
  /** Null: Postgres runs as the user that we are. */
  readonly account: Account | null;
  readonly copiesFolder: string;
  readonly dataFolder: string;
  /** A cluster in the making; it becomes `dataFolder` when it is whole. */
  readonly newDataFolder: string;
  readonly logFile: string;
  readonly passwordFile: string;
  readonly serverFile: string;
  readonly lockFile: string;
};

/**
 * An ordinary user has all of it in the state folder. Root's Postgres runs as another user, who
 * may not even reach the state folder: a repository in a folder with mode 0700 is usual. So its
 * data lives in a folder of the system, named by the state folder.
 */
export async function openHome(options: {
  readonly stateFolder: string;
  readonly privilegedFolder: string;
}): Promise<Home> {
  const account = await chooseAccount();
  const anchorFolder = join(options.stateFolder, 'postgres');
  await makePrivateFolder(anchorFolder);
  const stateFolder = await realpath(options.stateFolder);
  if (account === null) return toHome(stateFolder, anchorFolder, anchorFolder, account);

  const folder = join(options.privilegedFolder, toFolderName(stateFolder));
  await makeReadableFolder(options.privilegedFolder);
  await makePrivateFolder(folder);
  await makePassable(folder, account);
  return {
    ...toHome(stateFolder, anchorFolder, folder, account),
    copiesFolder: join(options.privilegedFolder, 'native'),
  };
}

function toHome(
  stateFolder: string,
  anchorFolder: string,
  folder: string,
  account: Account | null,
): Home {
  return {
    stateFolder,
    anchorFolder,
    folder,
    account,
    copiesFolder: join(folder, 'native'),
    dataFolder: join(folder, 'data'),
    newDataFolder: join(folder, 'data.partial'),
    logFile: join(folder, 'server.log'),
    passwordFile: join(folder, 'password'),
    serverFile: join(folder, 'server.json'),
    lockFile: join(folder, 'lock'),
  };
}

/** Half a SHA-256: short in process lists, and two state folders do not meet. */
function toFolderName(stateFolder: string): string {
  return createHash('sha256').update(stateFolder).digest('hex').slice(0, 32);
}

async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

/** Its user may pass through, neither list nor write: he owns the data below and nothing else. */
async function makePassable(folder: string, account: Account): Promise<void> {
  await chown(folder, 0, account.gid);
  await chmod(folder, 0o710);
}
