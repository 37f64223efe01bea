export type FolderEntry = {
  /** Relative to the folder, with `/` on every system. */
  readonly path: string;
  readonly type: 'file' | 'symlink';
  /** Empty for a link, which is never followed. */
  readonly bytes: Uint8Array;
};

export type FolderLimits = {
  readonly maxEntries: number;
  /** Larger files are cut one byte beyond this, so that a reader sees that they are too large. */
  readonly maxBytesEach: number;
};

/** A folder of files on this machine, such as a clone of a platform repo that somebody edits. */
export interface WorkingFolder {
  /**
   * Every file whose path `wants` accepts, sorted by path; folders named `.git` and
   * `node_modules` are passed over. Throws P603 when there is no such folder, P107 beyond
   * `maxEntries`.
   */
  read(wants: (path: string) => boolean, limits: FolderLimits): Promise<readonly FolderEntry[]>;
}
