/**
 * What a run does to a disk beyond its own folder's content: the files of the process executor
 * are such, so that whatever is written whole is so in one way.
 */
export interface RunFiles {
  /** Null when there is no such file. Throws when it is larger. */
  readText(path: string, maxBytes: number): Promise<string | null>;
  /** Sorted by name; null when there is no such folder. Throws when there are more. */
  listEntries(
    path: string,
    maxEntries: number,
  ): Promise<
    readonly { readonly name: string; readonly type: 'file' | 'folder' | 'other' }[] | null
  >;
  /** With its parents, for its owner alone. */
  makeFolder(path: string): Promise<void>;
  /** Replaces the file as a whole. `durable`: it survives a power cut once this resolves. */
  writeWhole(path: string, text: string, durability: 'durable' | 'volatile'): Promise<void>;
  /** Creates the file with its whole text, or answers false when there is one. */
  createWhole(path: string, asidePath: string, text: string): Promise<boolean>;
  removeFile(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
}

/** One holder at a time over all processes of this machine. */
export interface RunLock {
  run<T>(act: () => Promise<T>): Promise<T>;
}
