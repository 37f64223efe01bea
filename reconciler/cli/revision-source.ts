import type { StatePaths } from './state-paths.ts';

/** Where a command reads desired state from: files that somebody edits, or a commit. */
export type SourceChoice =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'commit'; readonly paths: StatePaths; readonly revision: string };
