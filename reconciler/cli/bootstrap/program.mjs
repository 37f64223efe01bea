import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The line that says what to do when Plumbline cannot be loaded, or null when it can. */
export function explainUnloadable(hasBuild, hasPackages) {
  if (hasBuild && hasPackages) return null;
  const what = hasPackages ? 'is not built' : 'has no packages installed';
  return `P602 Plumbline ${what}. Get it: npm start does all set-up, npm ci only this part`;
}

/** Runs one `plumb` command in this process and leaves its exit code behind. */
export async function runProgram(root, args) {
  const entry = path.join(root, 'dist', 'reconciler', 'main.js');
  const line = explainUnloadable(
    fs.existsSync(entry),
    fs.existsSync(path.join(root, 'node_modules', 'yaml')),
  );
  if (line !== null) {
    process.stderr.write(`${line}\n`);
    process.exitCode = 1;
    return;
  }
  const { main } = await import(pathToFileURL(entry).href);
  process.exitCode = await main(args);
}
