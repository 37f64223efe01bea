import { createHash } from 'node:crypto';
import { readdir, readFile, readlink, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pid, platform } from 'node:process';
import type { RefName } from '../../../core/contracts/git.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import { createDurably, makeFolderDurably } from './durable-file.ts';

const FOLDER = 'plumbline-locks';
const PRIVATE = 0o600;
/** Names differ by process and reference already; more than a few at once is a leak. */
const MAX_PER_PROCESS = 1000;

/** Filesystems that one kernel mounts at a time: ext, xfs, btrfs, tmpfs, overlay, zfs, f2fs. */
const LOCAL_FILESYSTEMS = [
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010,
];

/**
 * Who holds a lock is not in the lock: its content becomes the reference. It is in the name of a
 * second hard link to the same file, in a folder of ours, made before the lock and removed after
 * it. The inode ties the two together, so that a lock made by Git itself never has an owner here.
 */
export type LockOwners = {
  /** A durable file that holds `content` and names this process; the lock becomes a link to it. */
  readonly create: (reference: RefName, content: string) => Promise<string>;
  /** Removes locks and owner files that dead processes left at this reference. */
  readonly clearDead: (reference: RefName, lockPath: string) => Promise<void>;
};

type Place = { readonly boot: string; readonly namespace: string };

export function createLockOwners(
  repositoryPath: string,
  processIdentity: ProcessIdentity,
): LockOwners {
  const folder = join(repositoryPath, FOLDER);

  const create = async (reference: RefName, content: string): Promise<string> => {
    await makeFolderDurably(folder);
    const name = await describeSelf(processIdentity);
    for (let count = 0; count < MAX_PER_PROCESS; count += 1) {
      const path = join(folder, `${toKey(reference)}_${name}_${count}`);
      try {
        await createDurably(path, Buffer.from(content, 'latin1'), PRIVATE);
        return path;
      } catch (error) {
        if (!hasErrorCode(error, 'EEXIST')) throw error;
      }
    }
    throw new Error(`more than ${MAX_PER_PROCESS} locks of one process on ${reference}`);
  };

  /**
   * Two processes may both find the owner dead. Only one of them succeeds in renaming the owner's
   * file to its own name, and only that one may remove the lock; if it dies in between, the file
   * says so, and the next one takes over from it.
   */
  const takeOver = async (reference: RefName, owner: string, lockPath: string): Promise<void> => {
    const mine = await create(reference, '');
    try {
      await rename(join(folder, owner), mine);
    } catch (error) {
      await rm(mine, { force: true });
      if (hasErrorCode(error, 'ENOENT')) return;
      throw error;
    }
    const [lockInode, ownInode] = [await readInode(lockPath), await readInode(mine)];
    if (lockInode !== null && lockInode === ownInode) await rm(lockPath, { force: true });
    await rm(mine, { force: true });
  };

  return {
    create,
    async clearDead(reference, lockPath) {
      const key = toKey(reference);
      const names = await readdir(folder).catch(() => []);
      for (const name of names.filter((entry) => entry.startsWith(`${key}_`))) {
        if (await isDead(name, repositoryPath, processIdentity)) {
          await takeOver(reference, name, lockPath);
        }
      }
    },
  };
}

function toKey(reference: RefName): string {
  return hashText(reference);
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

async function describeSelf(processIdentity: ProcessIdentity): Promise<string> {
  const { boot, namespace } = await readPlace();
  const identity = await processIdentity.readIdentity(pid);
  return `${pid}_${boot}_${namespace}_${hashText(identity ?? 'none')}`;
}

/** Process ids mean something within one boot and one process namespace only. */
async function readPlace(): Promise<Place> {
  if (platform !== 'linux') return { boot: 'none', namespace: 'none' };
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1');
  const namespace = await readlink('/proc/self/ns/pid');
  return { boot: boot.trim(), namespace: namespace.replaceAll(/\D/g, '') };
}

/**
 * True only when it is proven: the process is of our own boot and namespace and no longer there,
 * or it is of an earlier boot and the repository is on a filesystem that no other machine has
 * mounted. A process of another container cannot be judged from here and counts as alive.
 */
async function isDead(
  ownerName: string,
  repositoryPath: string,
  processIdentity: ProcessIdentity,
): Promise<boolean> {
  const [, ownerPid, boot, namespace, identityHash] = ownerName.split('_');
  if (identityHash === undefined || !/^\d+$/.test(ownerPid ?? '')) return false;
  const here = await readPlace();
  const isSameBoot = boot === here.boot && boot !== 'none';
  if (!isSameBoot && !(await isLocal(repositoryPath))) return false;
  if (boot !== here.boot) return true;
  if (namespace !== here.namespace) return false;
  const identity = await processIdentity.readIdentity(Number(ownerPid));
  return identity === null || hashText(identity) !== identityHash;
}

async function isLocal(path: string): Promise<boolean> {
  if (platform !== 'linux') return true;
  const { type } = await statfs(path);
  return LOCAL_FILESYSTEMS.includes(type >>> 0);
}

/** Compared as text with the device: inodes may be larger than numbers hold exactly. */
async function readInode(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
