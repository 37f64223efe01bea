/** A file of the platform repo. */
export type RepoFile = { readonly path: string; readonly text: string };

/** A change that Plumbline asks people for. */
export type Proposal = {
  /** Names the cause: the same cause is never proposed twice, whatever became of it. */
  readonly branch: string;
  /** Open ones on branches that begin so are closed: this one takes their place. */
  readonly replaces: string;
  readonly title: string;
  readonly body: string;
  /** Whole, as main is to have them. */
  readonly files: readonly RepoFile[];
  /** Why the machine may merge it without asking anybody; null when people decide. */
  readonly mergedBecause: string | null;
};
