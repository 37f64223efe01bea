import type { Instant } from '../core/contracts/instant.ts';
import type { RefKey } from '../core/contracts/ref.ts';

/** What came of working a key. Only `done` and `stalled` leave the queue. */
export type KeyOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'again' }
  | { readonly kind: 'requeueAfter'; readonly delayMs: number; readonly why: string }
  | { readonly kind: 'waiting'; readonly on: readonly RefKey[]; readonly until: Instant | null }
  | { readonly kind: 'stalled'; readonly why: string };
