import type { ProcessIdentity } from '../ports/process-identity.ts';

/** Names the process that holds a lease, so that others can tell whether it still runs. */
export type Holders = {
  /** The name of the calling process; each call of it is a different holder. */
  readonly nameSelf: (pid: number, unique: string) => Promise<string>;
  /** True only when the holder is a process of this machine that certainly runs no more. */
  readonly isDead: (holder: string) => Promise<boolean>;
};

/**
 * A name is `host|pid|identity|unique`. About a process of another host nothing is known here: its
 * lease has to run out.
 */
export function createHolders(deps: {
  readonly host: string;
  readonly identity: ProcessIdentity;
}): Holders {
  return {
    nameSelf: async (pid, unique) => {
      const identity = await deps.identity.readIdentity(pid);
      return [deps.host, pid, identity ?? '', unique].join('|');
    },
    isDead: async (holder) => {
      const [host, pid, identity, unique, ...rest] = holder.split('|');
      if (unique === undefined || rest.length > 0 || !identity) return false;
      if (host !== deps.host || !/^\d{1,10}$/.test(pid ?? '')) return false;
      return (await deps.identity.readIdentity(Number(pid))) !== identity;
    },
  };
}
