import type { Rule } from '../tree.ts';

const LOCK = 'package-lock.json';

type Entry = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

/**
 * An npm that cannot see the packages of another platform leaves them out of the lock without a
 * word, and then nobody can install from it: `npm ci` refuses a lock with a hole.
 */
export const lockFile: Rule = {
  name: 'lock-file',
  check: (tree) => {
    const text = tree.byPath.get(LOCK)?.text;
    if (text === undefined) return [{ path: LOCK, line: 1, message: 'is missing' }];
    const packages: Readonly<Record<string, Entry>> = JSON.parse(text).packages;
    return Object.entries(packages).flatMap(([place, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isLocked(packages, place, name))
        .map((name) => {
          const message = `${name}, which ${place || 'the project'} needs, has no entry: npm ci would fail`;
          return { path: LOCK, line: 1, message };
        }),
    );
  },
};

/** Looks where Node would: in the package's own folder, then in each folder around it. */
function isLocked(packages: Readonly<Record<string, Entry>>, place: string, name: string): boolean {
  const own = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
  if (own in packages) return true;
  if (place === '') return false;
  const outer = place.slice(0, Math.max(0, place.lastIndexOf('node_modules/'))).replace(/\/$/, '');
  return isLocked(packages, outer, name);
}
