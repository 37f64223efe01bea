import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** Where the bytes of a file become what is kept of it. */
const ENTRY = 'reconciler/core/spec/parse-file.ts';
/** Their versions decide as much as our own lines do. */
const PACKAGES = ['@bufbuild/cel', '@noble/hashes', 'ajv', 'yaml'];

/**
 * The digest of everything that decides what a file's bytes mean: the sources that lead there and
 * the packages that they use. What was parsed under another digest may mean something else.
 */
export function digestLanguage(read: (path: string) => string): string {
  const sources = new Map<string, string>();
  const pending = [ENTRY];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (sources.has(path)) continue;
    const text = read(path);
    sources.set(path, text);
    pending.push(...listImports(path, text));
  }
  const hash = createHash('sha256');
  for (const [path, text] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path}\0${text}\0`);
  }
  const { dependencies } = JSON.parse(read('package.json')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of PACKAGES) hash.update(`${name}\0${dependencies[name]}\0`);
  return `sha256:${hash.digest('hex')}`;
}

function listImports(path: string, text: string): readonly string[] {
  return [...text.matchAll(/from '(\.[^']+\.ts)'/g)].map(([, target = '']) =>
    posix.join(posix.dirname(path), target),
  );
}
