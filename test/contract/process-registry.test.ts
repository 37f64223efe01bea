import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createFileProcessRegistry } from '../../reconciler/adapters/process-registry/file/process-registry.ts';
import { createMemoryMachine } from '../../reconciler/adapters/process-registry/memory/machine.ts';
import { createMemoryProcessRegistry } from '../../reconciler/adapters/process-registry/memory/process-registry.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { ProcessIdentity } from '../../reconciler/ports/process-identity.ts';
import { type LineChild, startLineChild } from '../support/child-process.ts';
import { describeProcessRegistry } from './process-registry.contract.ts';

const SCRIPT = new URL('../support/registry-child.ts', import.meta.url);
const makeFolder = () => mkdtemp(join(tmpdir(), 'plumbline-processes-'));
const identity = createSystemProcessIdentity();
const clock = createSystemClock();

describeProcessRegistry('file', async () => {
  const base = await makeFolder();
  const folder = join(base, 'processes');
  const children: LineChild[] = [];
  const registry = createFileProcessRegistry({ folder, identity, clock });
  return {
    registry,
    pid: process.pid,
    stop: registry.stop,
    async startOther(habit) {
      const child = await startLineChild(SCRIPT, [folder, habit]);
      children.push(child);
      const order = async (line: string) => (await child.ask(line)) ?? 'ended';
      return {
        pid: child.pid,
        register: (name, details) => order(`register\t${name}\t${JSON.stringify(details)}`),
        unregister: (name) => order(`unregister\t${name}`),
        isRunning: async () => (await child.ask('ping')) === 'pong',
        crash: child.kill,
      };
    },
    async plant(name, record) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${name}.json`), JSON.stringify({ v: 1, ...record }));
    },
    async close() {
      await Promise.all(children.map((child) => child.kill()));
      await rm(base, { recursive: true });
    },
  };
});

describeProcessRegistry('memory', async () => {
  const machine = createMemoryMachine();
  const simulated = createSimulatedClock({ startAt: 0 });
  const createFor = (pid: number) =>
    createMemoryProcessRegistry({ machine, pid, clock: simulated });
  const pid = machine.start('obeys');
  const registry = createFor(pid);
  const toAnswer = (writing: Promise<void>) =>
    writing.then(
      () => 'done',
      (error: unknown) => (isCodedError(error) ? error.code : String(error)),
    );
  return {
    registry,
    pid,
    async stop(name, graceMs) {
      const stopping = registry.stop(name, graceMs);
      await simulated.advance(graceMs);
      return stopping;
    },
    async startOther(habit) {
      const otherPid = machine.start(habit);
      const own = machine.identityOf(otherPid);
      const other = createFor(otherPid);
      return {
        pid: otherPid,
        register: (name, details) => toAnswer(other.registerSelf(name, details)),
        unregister: (name) => toAnswer(other.unregisterSelf(name)),
        isRunning: async () => machine.identityOf(otherPid) === own,
        crash: async () => machine.end(otherPid),
      };
    },
    plant: async (name, record) => void machine.records.set(name, record),
    close: async () => {},
  };
});

describe('a process registry in files', () => {
  let folder = '';
  let child: LineChild | null = null;
  const path = () => join(folder, 'server.json');
  const create = (ids: ProcessIdentity = identity) =>
    createFileProcessRegistry({ folder, identity: ids, clock });
  const ownRecord = async () => ({
    v: 1,
    pid: process.pid,
    identity: await identity.readIdentity(process.pid),
    details: {},
  });

  beforeEach(async () => {
    folder = await makeFolder();
  });
  afterEach(async () => {
    await child?.kill();
    child = null;
    await rm(folder, { recursive: true });
  });

  it('writes a versioned file for its owner alone, and nothing beside it', async () => {
    await rm(folder, { recursive: true });
    await create().registerSelf('server', { port: 4 });
    await create().registerSelf('server', { port: 5 });
    expect(await readdir(folder)).toEqual(['server.json']);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const text = await readFile(path(), 'utf8');
    expect(JSON.parse(text)).toEqual({ ...(await ownRecord()), details: { port: 5 } });
    await create().unregisterSelf('server');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['torn', '{"v":1,"pid":12'],
    ['empty', ''],
    ['of another program', '{"name":"server"}'],
    ['no object', '[1,2]'],
    ['without an identity', '{"v":1,"pid":1,"details":{}}'],
    ['with a process id of zero', '{"v":1,"pid":0,"identity":"x","details":{}}'],
    ['with a negative process id', '{"v":1,"pid":-1,"identity":"x","details":{}}'],
    ['with a broken process id', '{"v":1,"pid":1.5,"identity":"x","details":{}}'],
    ['too large', `{"v":1,"pid":1,"identity":"x","details":{"x":"${'x'.repeat(40_000)}"}}`],
  ])('takes a file that is %s for none and replaces it', async (_, text) => {
    await writeFile(path(), text);
    expect(await create().find('server')).toBeNull();
    expect(await create().stop('server', 10)).toBe('absent');
    await create().registerSelf('server', {});
    expect(await create().find('server')).toMatchObject({ pid: process.pid });
    expect(await readdir(folder)).toEqual(['server.json']);
  });

  it('takes a link for no record, whatever it leads to, and leaves that alone', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const text = JSON.stringify(await ownRecord());
    await writeFile(elsewhere, text);
    await symlink(elsewhere, path());
    expect(await create().find('server')).toBeNull();
    await create().registerSelf('server', { port: 6 });
    expect(await readFile(elsewhere, 'utf8')).toBe(text);
  });

  it('still sees a process that a later version wrote down', async () => {
    await writeFile(path(), JSON.stringify({ ...(await ownRecord()), v: 2, added: true }));
    expect(await create().find('server')).toMatchObject({ pid: process.pid });
  });

  it('does not stumble over what a crash left beside the record', async () => {
    await writeFile(`${path()}.${process.pid}-0.partial`, 'torn');
    await create().registerSelf('server', {});
    expect(await create().find('server')).toMatchObject({ pid: process.pid });
  });

  it('reads the identity again before it kills, and lets a successor live', async () => {
    child = await startLineChild(SCRIPT, [folder, 'ignores-requests']);
    await child.ask('register\tserver');
    const recorded = await identity.readIdentity(child.pid);
    let isReused = false;
    const reusing: ProcessIdentity = {
      readIdentity: async () => (isReused ? 'successor' : recorded),
    };
    const sleepless = {
      now: clock.now,
      async sleep() {
        isReused = true;
      },
    };
    const registry = createFileProcessRegistry({ folder, identity: reusing, clock: sleepless });
    expect(await registry.stop('server', 5_000)).toBe('stopped');
    expect(await child.ask('ping')).toBe('pong');
  });

  it('says so when a killed process does not end', async () => {
    child = await startLineChild(SCRIPT, [folder, 'ignores-requests']);
    await child.ask('register\tserver');
    const recorded = await identity.readIdentity(child.pid);
    const stuck: ProcessIdentity = { readIdentity: async () => recorded };
    const simulated = createSimulatedClock({ startAt: 0 });
    const hasty = { now: simulated.now, sleep: (ms: number) => simulated.advance(ms) };
    const registry = createFileProcessRegistry({ folder, identity: stuck, clock: hasty });
    await expect(registry.stop('server', 100)).rejects.toSatisfy((e) => isCodedError(e, 'P606'));
  });

  it.each(['', '../server', 'a/b', '.hidden', 'UPPER', 'x'.repeat(64)])(
    'has no record under the name %j',
    async (name) => {
      await expect(create().find(name)).rejects.toThrow('kebab-case');
      await expect(create().registerSelf(name, {})).rejects.toThrow('kebab-case');
    },
  );

  it('does not wait for its own end', async () => {
    await create().registerSelf('server', {});
    await expect(create().stop('server', 10)).rejects.toThrow('its own end');
  });

  it.runIf(process.geteuid?.() === 0)('refuses the record of another user', async () => {
    await writeFile(path(), JSON.stringify(await ownRecord()));
    await chmod(path(), 0o644);
    await chown(path(), 12_345, 12_345);
    const find = () => create().find('server');
    const stop = () => create().stop('server', 10);
    for (const ask of [find, stop]) {
      await expect(ask()).rejects.toSatisfy((error) => isCodedError(error, 'P602'));
    }
  });
});
