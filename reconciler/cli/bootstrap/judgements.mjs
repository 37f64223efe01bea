/**
 * What a machine must offer before anything of Plumbline can run. Each function judges the output
 * of a command that somebody else ran, and returns null, or one finding: what is missing and how
 * to get it. Nothing here needs a package or a Node newer than 16, so that an old Node can still
 * say that it is too old.
 */

/** @typedef {{ what: string, how: string }} Missing */

/** The lowest minor version of each supported major; between them, tools of ours do not run. */
const NODE_MINIMUMS = [
  [20, 19],
  [22, 12],
  [24, 0],
];
const GIT_MINIMUM = [2, 34];
const PYTHON_MINIMUM = [3, 10];

/** Packages take about 350 MB, a database and its journal the same again; the rest is room. */
export const DISK_MINIMUM_BYTES = 1024 * 1024 * 1024;

/** A zone's database, a data-plane node and the reconciler's own face. */
export const LOOPBACK_PORTS = 3;

/** The first `digits.digits` of a text as numbers, or null. */
export function parseVersion(text) {
  const match = /(\d+)\.(\d+)/.exec(text === null || text === undefined ? '' : text);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

function isAtLeast(version, minimum) {
  return version[0] > minimum[0] || (version[0] === minimum[0] && version[1] >= minimum[1]);
}

/** @returns {Missing | null} */
export function judgePlatform(platform) {
  if (platform === 'linux' || platform === 'darwin') return null;
  return {
    what: `Linux or macOS is needed (this is ${platform})`,
    how: 'on Windows, run it inside WSL 2',
  };
}

/** @returns {Missing | null} */
export function judgeNode(version) {
  const found = parseVersion(version);
  const isSupported = ([major, minor]) => found !== null && found[0] === major && found[1] >= minor;
  if (NODE_MINIMUMS.some(isSupported)) return null;
  const wanted = NODE_MINIMUMS.map(([major, minor]) => `${major}.${minor}+`).join(', ');
  return {
    what: `Node ${wanted} is needed (found ${version})`,
    how: 'nvm install 22, or brew install node@22, or the packages on nodejs.org',
  };
}

/** @returns {Missing | null} */
export function judgeGit(output) {
  const found = parseVersion(output);
  if (found !== null && isAtLeast(found, GIT_MINIMUM)) return null;
  const seen = found === null ? 'found none' : `found ${found.join('.')}`;
  return {
    what: `Git ${GIT_MINIMUM.join('.')} or newer is needed (${seen})`,
    how: 'apt-get install git, or brew install git',
  };
}

/**
 * Debian ships Python without the module that fills a virtual environment, so having a `python3`
 * is not enough.
 * @param {readonly { name: string, version: string | null, hasVenv: boolean }[]} interpreters
 * @returns {Missing | null}
 */
export function judgePython(interpreters) {
  const recent = interpreters.filter((interpreter) => {
    const found = parseVersion(interpreter.version);
    return found !== null && isAtLeast(found, PYTHON_MINIMUM);
  });
  if (recent.some((interpreter) => interpreter.hasVenv)) return null;
  if (recent.length > 0) {
    return {
      what: `${recent[0].name} has no venv module`,
      how: 'apt-get install python3-venv, or brew install python',
    };
  }
  const seen = interpreters.find((interpreter) => interpreter.version !== null);
  return {
    what: `Python ${PYTHON_MINIMUM.join('.')} or newer is needed (${
      seen === undefined ? 'found none' : `found ${seen.version}`
    })`,
    how: 'apt-get install python3 python3-venv, or brew install python',
  };
}

/**
 * LightGBM and scikit-learn load it; without it the first training fails, long after the start.
 * @returns {Missing | null}
 */
export function judgeOpenMp(platform, linkerCache, foundPaths) {
  if (platform !== 'linux') return null;
  if (/\blibgomp\.so\.1\b/.test(linkerCache || '') || foundPaths.length > 0) return null;
  return {
    what: 'the OpenMP library libgomp is missing',
    how: 'apt-get install libgomp1, or dnf install libgomp',
  };
}

/** @returns {Missing | null} */
export function judgeFolder(folder, isWritable) {
  if (isWritable) return null;
  return {
    what: `the folder ${folder} is not writable for you`,
    how: `clone into a folder of your own, or chown -R "$(id -un)" ${folder}`,
  };
}

/** @returns {Missing | null} `freeBytes` is null when the system does not tell. */
export function judgeDisk(folder, freeBytes) {
  if (freeBytes === null || freeBytes >= DISK_MINIMUM_BYTES) return null;
  return {
    what: `1024 MiB of free disk are needed in ${folder} (${Math.floor(freeBytes / 1048576)} MiB left)`,
    how: 'free some space, or clone to a larger disk',
  };
}

/** @returns {Missing | null} */
export function judgePorts(opened, why) {
  if (opened >= LOOPBACK_PORTS) return null;
  return {
    what: `no free port on 127.0.0.1 (${why || 'unknown reason'})`,
    how: 'bring up the loopback interface, or stop what holds the ports',
  };
}

/** @returns {Missing | null} */
export function judgeNpm(entryPoint) {
  if (entryPoint !== null) return null;
  return { what: 'npm is missing', how: 'apt-get install npm, or reinstall Node with its npm' };
}

/**
 * Only the tests need it: Git asks it when it checks our signatures. Plumbline signs by itself.
 * @returns {Missing | null}
 */
export function judgeSshKeygen(isPresent) {
  if (isPresent) return null;
  return {
    what: 'ssh-keygen is missing (the tests let Git check signatures with it)',
    how: 'apt-get install openssh-client, or brew install openssh',
  };
}

/** One line per finding, in the form of every other coded failure. */
export function formatMissing(missing) {
  return `P602 ${missing.what}. Get it: ${missing.how}`;
}
