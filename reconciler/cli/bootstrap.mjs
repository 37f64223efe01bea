#!/usr/bin/env node
/**
 * The first thing that runs on a fresh clone: it looks at the machine, installs, builds, and then
 * starts what was asked for. It uses nothing but Node, and parses on Node 16, because it is the one
 * that has to say that Node is too old.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild } from './bootstrap/build.mjs';
import { ensurePackages } from './bootstrap/packages.mjs';
import { judgeAll, probeAll } from './bootstrap/prerequisites.mjs';
import { runProgram } from './bootstrap/program.mjs';

const USAGE = 'P601 usage: node reconciler/cli/bootstrap.mjs start | test | set-up | build';
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

function say(line) {
  process.stderr.write(`${line}\n`);
}

/** True when everything is in place; otherwise it has printed why not. */
async function prepare(verb) {
  const missing = judgeAll(verb, await probeAll(root, process.env));
  missing.forEach(say);
  if (missing.length > 0) return false;
  const failure = ensurePackages(root, process.env, say) || ensureBuild(root, say);
  if (failure) say(failure);
  return !failure;
}

/** Runs all test projects, and passes on a request to stop: the tests own databases. */
function runTests(args) {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const config = path.join(root, 'test', 'vitest.config.ts');
  const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGINT', () => child.kill('SIGINT'));
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (status) => resolve(status === null ? 1 : status));
  });
}

async function run(verb, args) {
  if (verb === 'build' || verb === 'prepare') {
    const failure = ensureBuild(root, say);
    if (failure) say(failure);
    // npm calls `prepare` at the end of an installation: a half-written source file is no reason
    // to undo it, and the next start builds again.
    process.exitCode = failure && verb === 'build' ? 1 : 0;
    return;
  }
  if (!['start', 'test', 'set-up'].includes(verb)) {
    say(USAGE);
    process.exitCode = 1;
    return;
  }
  if (!(await prepare(verb))) {
    process.exitCode = 1;
    return;
  }
  if (verb === 'test') process.exitCode = await runTests(args);
  if (verb === 'start') await runProgram(root, ['up', ...args]);
}

const [verb = '', ...rest] = process.argv.slice(2);
await run(verb, rest);
