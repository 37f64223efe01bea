import { createHash } from 'node:crypto';

/**
 * What happened, in order, as one line each. The hash over the lines is the identity of a run: the
 * same seed must give the same hash, on any machine and any day.
 */
export type Trace = {
  readonly write: (line: string) => void;
  readonly count: () => number;
  readonly digest: () => string;
};

export function createTrace(options: { readonly onLine?: (line: string) => void } = {}): Trace {
  const hash = createHash('sha256');
  let count = 0;
  return {
    write: (line) => {
      count += 1;
      hash.update(line);
      hash.update('\n');
      options.onLine?.(line);
    },
    count: () => count,
    digest: () => hash.copy().digest('hex'),
  };
}
