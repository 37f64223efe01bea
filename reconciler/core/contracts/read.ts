import type { Digest } from './digest.ts';

/** What a port saw. `unknown` never means absent: nothing is created or removed on it. */
export type Read<T> =
  | { readonly state: 'present'; readonly value: T; readonly observedDigest: Digest }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly why: string };
