import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import timers from 'node:timers';

type Members = Record<string, unknown>;

/** Whatever could let the machine's time, chance or state into a simulation. */
const FORBIDDEN: readonly (readonly [owner: object, names: readonly string[]])[] = [
  [Date, ['now']],
  [Math, ['random']],
  [performance, ['now']],
  [process, ['hrtime']],
  [globalThis, ['setTimeout', 'setInterval', 'setImmediate', 'fetch']],
  [timers, ['setTimeout', 'setInterval', 'setImmediate']],
  [crypto, ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync']],
  [Object.getPrototypeOf(crypto.webcrypto), ['getRandomValues', 'randomUUID']],
  [childProcess, ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork']],
  [net, ['connect', 'createConnection', 'createServer']],
  [fs, ['readFile', 'readFileSync', 'writeFile', 'writeFileSync', 'open', 'openSync', 'mkdir']],
];

/**
 * While `act` runs, time, chance and the outside world are out of reach: who touches them gets an
 * error instead of a run that no seed can repeat.
 */
export async function withRuntimeGuard<T>(act: () => Promise<T>): Promise<T> {
  const restores = [...FORBIDDEN.flatMap(([owner, names]) => names.map((n) => forbid(owner, n)))];
  restores.push(forbidDateOfNow());
  syncBuiltinESMExports();
  try {
    return await act();
  } finally {
    for (const restore of restores.reverse()) restore();
    syncBuiltinESMExports();
  }
}

function forbid(owner: object, name: string): () => void {
  const members = owner as Members;
  const original = Object.getOwnPropertyDescriptor(members, name);
  Object.defineProperty(members, name, {
    configurable: true,
    writable: true,
    enumerable: original?.enumerable ?? false,
    value: () => {
      throw new Error(`${name} is out of reach in a simulation: ask a port for it`);
    },
  });
  return () => {
    if (original === undefined) delete members[name];
    else Object.defineProperty(members, name, original);
  };
}

/** `new Date(instant)` is a calculation; without an argument it is a look at the clock. */
function forbidDateOfNow(): () => void {
  const original = globalThis.Date;
  globalThis.Date = new Proxy(original, {
    construct: (target, input: readonly unknown[]) => {
      if (input.length > 0) return Reflect.construct(target, input) as object;
      throw new Error('new Date() is out of reach in a simulation: ask a clock for the time');
    },
  });
  return () => {
    globalThis.Date = original;
  };
}
