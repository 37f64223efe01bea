import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { canWriteTo, findNpm } from './machine.mjs';

/**
 * True when `node_modules` holds what the lock file asks for. npm writes its hidden lock last, so
 * an installation that was cut off has none. Packages for other platforms are optional; packages
 * that nobody asked for do no harm.
 * @param {string} lockText the text of `package-lock.json`
 * @param {string | null} installedText the text of `node_modules/.package-lock.json`
 */
export function isInstalled(lockText, installedText) {
  if (installedText === null) return false;
  const wanted = JSON.parse(lockText).packages;
  const installed = parsePackages(installedText);
  return Object.keys(wanted).every((place) => {
    if (place === '') return true;
    const entry = wanted[place];
    const found = installed[place];
    if (found === undefined) return Boolean(entry.optional || entry.devOptional);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function parsePackages(text) {
  try {
    return JSON.parse(text).packages || {};
  } catch {
    return {};
  }
}

/**
 * What somebody set for other projects must not leave ours half installed: the compiler is a
 * development package, the database's binaries are optional ones, and one of them is completed by
 * its install script.
 */
export function toNpmArguments() {
  return [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts=false',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
  ];
}

/**
 * npm keeps its cache below HOME, unless told otherwise; where that is no place to write, the
 * cache goes beside our own data. npm itself sets the variable for what it starts, so that it is
 * set says nothing.
 */
export function toNpmEnvironment(environment, root, isUsable) {
  const { npm_config_cache: lower, NPM_CONFIG_CACHE: upper, ...rest } = environment;
  const home = environment.HOME || '';
  const wanted = lower || upper || (home === '' ? null : path.join(home, '.npm'));
  const own = path.join(root, '.plumbline', 'npm-cache');
  const npm_config_cache = wanted !== null && isUsable(wanted) ? wanted : own;
  // Its CPU libraries are in the package; its install script only fetches others from elsewhere.
  return { ...rest, npm_config_cache, ONNXRUNTIME_NODE_INSTALL: 'skip' };
}

/** True when the folder, or the nearest one above it that exists, can be written to. */
export function isUsableFolder(folder) {
  if (fs.existsSync(folder)) return canWriteTo(folder);
  const outer = path.dirname(folder);
  return outer !== folder && isUsableFolder(outer);
}

/** Installs when needed. Returns null, or the line that says why it did not work. */
export function ensurePackages(root, environment, say) {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  if (isInstalled(lock, readText(path.join(root, 'node_modules', '.package-lock.json')))) {
    return null;
  }
  const npm = findNpm(environment);
  if (npm === null) return 'P602 npm is missing. Get it: reinstall Node with its npm';
  say('Installing packages (about a minute the first time) …');
  const result = spawnSync(npm.file, [...npm.prefix, ...toNpmArguments()], {
    cwd: root,
    env: toNpmEnvironment(environment, root, isUsableFolder),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status === 0) return null;
  return 'P602 the packages could not be installed. Get them: run npm ci and read what it says';
}

export function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
