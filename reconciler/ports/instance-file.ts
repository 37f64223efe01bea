import type { Oid } from '../core/contracts/git.ts';

/** What an installation must remember outside the repository that it judges. */
export type Instance = {
  readonly version: 1;
  /** The first commit, written by `plumb init`: it holds the allowed signers and is trusted. */
  readonly genesis: Oid;
};

export interface InstanceFile {
  /** Null when nothing was initialised here. Throws P603 when what is there cannot be read. */
  read(): Promise<Instance | null>;
  /** Durable when it resolves; replaces what was there. */
  write(instance: Instance): Promise<void>;
}
