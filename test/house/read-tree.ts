import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTree, type SourceFile, type Tree } from './tree.ts';

/** What is never committed. Git is not asked, so that an unpacked archive can be checked as well. */
const IGNORED: ReadonlySet<string> = new Set([
  ...['.git', 'node_modules', 'dist', '.plumbline', 'coverage', '__pycache__', '.venv'],
]);

const FILE_BYTES_MAX = 4 * 1024 * 1024;

export function readTree(root: string): Tree {
  return createTree(listFiles(root, ''));
}

function listFiles(root: string, folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(
    (entry): readonly SourceFile[] => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (IGNORED.has(entry.name) || /\.(log|tsbuildinfo)$/.test(entry.name)) return [];
      if (entry.isDirectory()) return listFiles(root, path);
      if (!entry.isFile()) return [];
      const bytes = readFileSync(join(root, path));
      if (bytes.length > FILE_BYTES_MAX) throw new Error(`${path} is too large for a repository`);
      return [{ path, text: bytes.toString('utf8') }];
    },
  );
}
