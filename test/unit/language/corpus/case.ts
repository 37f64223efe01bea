/** A repo with mistakes, and every place that must be reported: no more, no less, in this order. */
export type CorpusCase = {
  readonly name: string;
  /** Files on top of the small repo; null removes one. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  readonly places: readonly string[];
  /** Resources that may not be followed, by kind and name; left out when there are none. */
  readonly heldBack?: readonly string[];
  readonly frozen?: boolean;
  /** Files that may hide a resource. */
  readonly uncertain?: readonly string[];
};

const API = 'apiVersion: plumbline.dev/v1alpha1';

/** A Zone called `x` in a file of its own, with a body written by the case. */
export function toZoneText(...lines: readonly string[]): string {
  return [API, ...lines, ''].join('\n');
}
