import type { Finding } from './tree.ts';

export type Exception = {
  readonly rule: string;
  /** One file, or a folder with a trailing slash. */
  readonly path: string;
  readonly reason: string;
};

/** The only place where a rule is lifted. An exception that excuses nothing is a finding itself. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'time-and-chance',
    path: 'test/house/check.ts',
    reason: 'It tells a person how long each stage took; nothing is decided by it.',
  },
  {
    rule: 'time-and-chance',
    path: 'test/simulation/runtime-guard.ts',
    reason: 'It takes real time and chance away from a simulated run, so it has to name them.',
  },
  {
    rule: 'time-and-chance',
    path: 'test/simulation/runtime-guard.test.ts',
    reason: 'It touches what the guard takes away, to see that it is out of reach.',
  },
  {
    rule: 'port-contracts',
    path: 'reconciler/ports/kind-handler.ts',
    reason:
      'Kinds implement it, not adapters: what they do is judged by the suites of the ports they use.',
  },
];

export function isExcused(
  rule: string,
  finding: Finding,
  exceptions: readonly Exception[],
): boolean {
  return exceptions.some((exception) => exception.rule === rule && covers(exception, finding.path));
}

export function covers({ path }: Exception, candidate: string): boolean {
  return path.endsWith('/') ? candidate.startsWith(path) : candidate === path;
}
