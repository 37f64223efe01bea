import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isInitialised } from './cluster.ts';
import { readIfPresent, replaceFile } from './files.ts';
import type { Home } from './home.ts';

/** In the state folder: which server is its own, and whether that ever held data. */
type Anchor = {
  readonly v: 1;
  readonly instance: string;
  readonly folder: string;
  readonly isInitialised: boolean;
};

/** In the server's folder: whose it is. */
type Owner = { readonly v: 1; readonly stateFolder: string; readonly instance: string };

const toAnchorFile = (home: Home) => join(home.anchorFolder, 'instance.json');
const toOwnerFile = (home: Home) => join(home.folder, 'owner.json');

/**
 * Ties a state folder to data that lives elsewhere, in both directions. A state folder that was
 * removed and made anew must not find the old data, and one that lost its data must not go on
 * with an empty store as if nothing had ever happened. Data inside the state folder needs no tie.
 * `evict` stops what runs on the data of a state folder that is no more.
 */
export async function claimHome(
  home: Home,
  deps: { readonly uniqueName: () => string; readonly evict: () => Promise<void> },
): Promise<void> {
  if (home.folder === home.anchorFolder) return;
  const anchor = await readJson<Anchor>(toAnchorFile(home));
  const owner = await readJson<Owner>(toOwnerFile(home));
  const isTied = anchor !== null && anchor.instance === owner?.instance;
  if (anchor?.isInitialised) {
    if (isTied && (await isInitialised(home))) return;
    throw toLostData(home, anchor);
  }
  if (!isTied) {
    if (owner !== null) await evict(home, deps.evict);
    const instance = anchor?.instance ?? deps.uniqueName();
    await writeAnchor(home, { v: 1, instance, folder: home.folder, isInitialised: false });
    await writeOwner(home, { v: 1, stateFolder: home.stateFolder, instance });
  }
  if (await isInitialised(home)) await markInitialised(home);
}

/** Whether what lives there belongs to this state folder, and not to one that is no more. */
export async function isClaimed(home: Home): Promise<boolean> {
  if (home.folder === home.anchorFolder) return true;
  const anchor = await readJson<Anchor>(toAnchorFile(home));
  const owner = await readJson<Owner>(toOwnerFile(home));
  return anchor !== null && anchor.instance === owner?.instance;
}

/** From now on missing data is a loss and not a beginning. */
export async function markInitialised(home: Home): Promise<void> {
  if (home.folder === home.anchorFolder) return;
  const anchor = await readJson<Anchor>(toAnchorFile(home));
  if (anchor !== null) await writeAnchor(home, { ...anchor, isInitialised: true });
}

async function evict(home: Home, stopServer: () => Promise<void>): Promise<void> {
  await stopServer();
  for (const path of [home.dataFolder, home.newDataFolder, home.passwordFile, home.serverFile]) {
    await rm(path, { recursive: true, force: true });
  }
}

function toLostData(home: Home, anchor: Anchor): CodedError {
  return new CodedError(
    'P401',
    `the database of ${home.stateFolder} was in ${anchor.folder} and is gone: restore that ` +
      `folder, or remove ${home.anchorFolder} to start with an empty one`,
    { details: { folder: anchor.folder } },
  );
}

async function readJson<Value>(path: string): Promise<Value | null> {
  const text = await readIfPresent(path);
  return text === null ? null : (JSON.parse(text) as Value);
}

const writeAnchor = (home: Home, anchor: Anchor) =>
  replaceFile(toAnchorFile(home), `${JSON.stringify(anchor)}\n`);

const writeOwner = (home: Home, owner: Owner) =>
  replaceFile(toOwnerFile(home), `${JSON.stringify(owner)}\n`);
