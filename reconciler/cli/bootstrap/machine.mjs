import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { LOOPBACK_PORTS } from './judgements.mjs';

/** A command that hangs must not hang the start. */
const PROBE_TIMEOUT_MS = 20_000;

const PYTHON_NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const PYTHON_PROGRAM = `
import importlib.util as find, sys
has = all(find.find_spec(name) is not None for name in ("venv", "ensurepip"))
print("%d.%d %s" % (sys.version_info[0], sys.version_info[1], has))
`;

const OPENMP_FOLDERS = [
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/lib/x86_64-linux-gnu',
  '/lib/aarch64-linux-gnu',
];

/** What a command prints, or null when it cannot run or fails. Never a shell. */
export function readOutput(file, args) {
  const result = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return result.status === 0 ? result.stdout : null;
}

export function findInPath(name, searchPath) {
  for (const folder of (searchPath || '').split(path.delimiter)) {
    const candidate = path.join(folder, name);
    if (folder !== '' && canAccess(candidate, fs.constants.X_OK)) return candidate;
  }
  return null;
}

/** Asks the interpreters in turn and stops at the first that would do. */
export function probePythons() {
  const seen = [];
  for (const name of PYTHON_NAMES) {
    const output = readOutput(name, ['-c', PYTHON_PROGRAM]);
    if (output === null) continue;
    const [version, hasVenv] = output.trim().split(' ');
    seen.push({ name, version, hasVenv: hasVenv === 'True' });
    const [major, minor] = version.split('.').map(Number);
    if (hasVenv === 'True' && major === 3 && minor >= 10) break;
  }
  return seen;
}

export function probeLinkerCache() {
  for (const file of ['ldconfig', '/sbin/ldconfig', '/usr/sbin/ldconfig']) {
    const output = readOutput(file, ['-p']);
    if (output !== null) return output;
  }
  return '';
}

export function probeOpenMpPaths() {
  return OPENMP_FOLDERS.map((folder) => `${folder}/libgomp.so.1`).filter((file) =>
    fs.existsSync(file),
  );
}

function canAccess(file, mode) {
  try {
    fs.accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

export function canWriteTo(folder) {
  return canAccess(folder, fs.constants.W_OK | fs.constants.X_OK);
}

/** Bytes an ordinary user may still write, or null on a Node that cannot tell. */
export function probeFreeBytes(folder) {
  if (typeof fs.statfsSync !== 'function') return null;
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Opens the loopback ports that a start needs, counts them, and closes them again. */
export async function probePorts() {
  const servers = [];
  try {
    while (servers.length < LOOPBACK_PORTS) servers.push(await openPort());
    return { opened: servers.length, why: null };
  } catch (error) {
    return { opened: servers.length, why: error.code || error.message };
  } finally {
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  }
}

function openPort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

/**
 * How to call npm: the one that called us when it is npm, else the first in the search path.
 * @returns {{ file: string, prefix: readonly string[] } | null}
 */
export function findNpm(environment) {
  const caller = environment.npm_execpath || '';
  if (/^npm-cli\.c?js$/.test(path.basename(caller)) && fs.existsSync(caller)) {
    return { file: process.execPath, prefix: [caller] };
  }
  const found = findInPath('npm', environment.PATH);
  return found === null ? null : { file: found, prefix: [] };
}
