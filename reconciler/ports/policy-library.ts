export type PackFile = {
  /** The file's name in the pack: `pools-bounded.yaml`. */
  readonly path: string;
  readonly bytes: Uint8Array;
};

/** Where policy packs are kept: YAML files, each policy with its test file. */
export interface PolicyLibrary {
  /**
   * Every YAML file of the pack, sorted by path. Throws P304 when there is no such pack, or when
   * it is larger than a pack may be.
   */
  readPack(name: string): Promise<readonly PackFile[]>;
}
