import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readText } from './packages.mjs';

const SOURCE_FOLDERS = ['reconciler', 'runners'];
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json'];
const STAMP = '.built-from';

/** What the build does with a source file. Programs read what is copied beside themselves. */
export function toBuildAction(file) {
  if (/\.d\.ts$/.test(file)) return 'ignore';
  if (/\.ts$/.test(file)) return 'compile';
  if (/^reconciler\/cli\/.*\.mjs$/.test(file)) return 'ignore';
  // A Python program runs as it is, from the lock of its packages.
  if (/^runners\/.*\.(py|lock)$/.test(file)) return 'copy';
  return /\.(sql|json|mjs|html|css|svg)$/.test(file) && !/(^|\/)tsconfig\.json$/.test(file)
    ? 'copy'
    : 'ignore';
}

/** The files below `dist` that a source file becomes. */
export function toOutputs(file) {
  const action = toBuildAction(file);
  if (action === 'copy') return [file];
  if (action === 'ignore') return [];
  const stem = file.slice(0, -'.ts'.length);
  return [`${stem}.js`, `${stem}.js.map`];
}

/** Outputs whose source has gone: what would still load although nobody can read it any more. */
export function findOrphans(outputs, sources) {
  const wanted = new Set(sources.flatMap(toOutputs));
  return outputs.filter((output) => !wanted.has(output) && !output.startsWith('.'));
}

/** A digest over names and contents: times lie after a checkout or a copy. */
export function digestSources(entries) {
  const hash = createHash('sha256');
  for (const { file, content } of entries) {
    hash.update(`${file}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest('hex');
}

function listFiles(root, folder) {
  const found = [];
  const visit = (relative) => {
    for (const entry of fs.readdirSync(path.join(root, relative), { withFileTypes: true })) {
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules') visit(name);
      else if (entry.isFile()) found.push(name);
    }
  };
  if (fs.existsSync(path.join(root, folder))) visit(folder);
  return found.sort();
}

function readSources(root) {
  const sources = SOURCE_FOLDERS.flatMap((folder) => listFiles(root, folder));
  const files = [...SETTINGS, ...sources.filter((file) => toBuildAction(file) !== 'ignore')];
  return files.map((file) => ({ file, content: fs.readFileSync(path.join(root, file)) }));
}

/** Builds when a source changed. Returns null, or the line that says why it did not work. */
export function ensureBuild(root, say) {
  const entries = readSources(root);
  const digest = digestSources(entries);
  const stamp = path.join(root, 'dist', STAMP);
  if (readText(stamp) === digest) return null;
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!fs.existsSync(compiler)) {
    return 'P602 the compiler is not installed. Get it: npm ci --include=dev';
  }
  say('Building …');
  // Without the compiler's notes it writes every output, also those that somebody removed.
  for (const note of [stamp, path.join(root, 'dist', '.tsbuildinfo')]) {
    fs.rmSync(note, { force: true });
  }
  const result = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.json'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) return 'P606 the build failed: see the compiler messages above';
  arrangeOutputs(
    root,
    entries.map(({ file }) => file),
  );
  fs.writeFileSync(stamp, digest);
  return null;
}

function arrangeOutputs(root, sources) {
  const dist = path.join(root, 'dist');
  for (const orphan of findOrphans(listFiles(dist, ''), sources)) {
    fs.rmSync(path.join(dist, orphan), { force: true });
  }
  for (const file of sources.filter((source) => toBuildAction(source) === 'copy')) {
    if (SETTINGS.includes(file)) continue;
    fs.mkdirSync(path.dirname(path.join(dist, file)), { recursive: true });
    fs.copyFileSync(path.join(root, file), path.join(dist, file));
  }
}
