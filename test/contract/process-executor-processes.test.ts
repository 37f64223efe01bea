import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createProcessExecutor } from '../../reconciler/adapters/executor/process/executor.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { toRef } from '../../reconciler/core/contracts/normal-form.ts';
import { makeTarget, toAct, ZONE } from '../support/target-effects.ts';

const SUPPORT = new URL('../support/', import.meta.url).pathname;
const REF = toRef(makeTarget('laptop', {}));

let folder = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-processes-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(folder, { recursive: true });
});

function start(program: string, ...args: readonly string[]): ChildProcess {
  const argv = ['--import', 'tsx', join(SUPPORT, program), ...args];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

/** Hands over each line that the child says, and resolves when it has ended. */
async function follow(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  const ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('the child has no output');
  for await (const line of createInterface({ input: child.stdout })) onLine(line);
  await ended;
}

function open() {
  return createProcessExecutor({
    zone: ZONE,
    zoneFolder: folder,
    clock: createSystemClock(),
    randomness: createSystemRandomness(),
    processIdentity: createSystemProcessIdentity(),
  });
}

describe('process executor over processes', () => {
  it('heals after SIGKILL in the middle of an act', async () => {
    const chance = createSeededRandomness(20_260_101);
    let occurrence = 0;
    for (let kill = 0; kill < 10; kill += 1) {
      // Two acts are about sixty steps: the end falls anywhere in them.
      const killAtLine = 1 + Math.floor(chance.fraction() * 70);
      const child = start('executor-child.ts', folder, '1', String(occurrence), '999');
      let lineCount = 0;
      await follow(child, (line) => {
        lineCount += 1;
        if (line.startsWith('begin ')) occurrence = Number(line.slice('begin '.length));
        if (lineCount === killAtLine) child.kill('SIGKILL');
      });
      expect(child.signalCode).toBe('SIGKILL');

      const executor = open();
      const { read, lastEffectId } = await executor.observe(REF);
      expect(read.state).not.toBe('unknown');
      const before = occurrence === 0 ? null : toAct(occurrence - 1).effect.id;
      expect([before, toAct(occurrence).effect.id]).toContain(lastEffectId);
      const act = toAct(occurrence);
      const live = await executor.apply({ fence: { holder: 'heir', epoch: 1 }, ...act });
      expect(live).toEqual(act.target);
      occurrence += 1;
    }
    expect(occurrence).toBeGreaterThan(9);
  });

  it('lets no step of a former leader follow one of its successor', async () => {
    const former = start('executor-child.ts', folder, '1', '0', '9999');
    const said: string[] = [];
    let successor: Promise<void> | null = null;
    await follow(former, (line) => {
      said.push(line);
      if (line !== 'done 2' || successor !== null) return;
      const child = start('executor-child.ts', folder, '2', '10000', '10007');
      successor = follow(child, () => {});
    });
    await successor;
    expect(said.at(-1)).toBe('fenced');
    const epochs = (await readFile(join(folder, 'steps.log'), 'utf8')).trim().split('\n');
    const firstOfSuccessor = epochs.indexOf('2');
    expect(firstOfSuccessor).toBeGreaterThan(0);
    expect(epochs.slice(firstOfSuccessor).every((epoch) => epoch === '2')).toBe(true);
    expect((await open().observe(REF)).lastEffectId).toBe(toAct(10_007).effect.id);
  });

  it('has one holder of the lock at a time, also when holders die', async () => {
    const contenders = [0, 1, 2].map(() => start('lock-child.ts', folder, '60'));
    const victim = start('lock-child.ts', folder, '1000000');
    const others = Promise.all(contenders.map((child) => once(child, 'exit')));
    // Ended once it is seen at work, wherever that finds it: waiting, holding or in between.
    const isAtWork = async () =>
      (await readFile(join(folder, 'log'), 'utf8').catch(() => '')).includes(`end ${victim.pid}\n`);
    while (!(await isAtWork())) await new Promise((resolve) => setImmediate(resolve));
    victim.kill('SIGKILL');
    await others;
    const lines = (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n');
    let holder: string | null = null;
    for (const line of lines) {
      const [word, pid = ''] = line.split(' ');
      const isFree = holder === null || holder === String(victim.pid);
      if (word === 'begin') expect(isFree).toBe(true);
      else expect(pid).toBe(holder);
      holder = word === 'begin' ? pid : null;
    }
    for (const child of contenders) {
      expect(child.exitCode).toBe(0);
      expect(lines.filter((line) => line === `end ${child.pid}`)).toHaveLength(60);
    }
  });
});
