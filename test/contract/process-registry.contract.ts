import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { ProcessRecord, ProcessRegistry } from '../../reconciler/ports/process-registry.ts';

export type Habit = 'obeys' | 'ignores-requests';

/** Another process than the one that runs the test. */
export type OtherProcess = {
  readonly pid: number;
  /** Registers itself; the code of the refusal when it was refused. */
  register(name: string, details: JsonObject): Promise<string>;
  unregister(name: string): Promise<string>;
  /** False once it has ended. A signal that was sent before has arrived by then. */
  isRunning(): Promise<boolean>;
  /** Ends at once, without a word, as in a crash. */
  crash(): Promise<void>;
};

export type ProcessRegistryHarness = {
  /** As seen by the process that runs the test. */
  readonly registry: ProcessRegistry;
  readonly pid: number;
  startOther(habit: Habit): Promise<OtherProcess>;
  /** Writes down a record as if a process that has ended since had done it. */
  plant(name: string, record: ProcessRecord): Promise<void>;
  stop(name: string, graceMs: number): Promise<string>;
  close(): Promise<void>;
};

type GetHarness = () => ProcessRegistryHarness;

/** Long for a process that obeys, on a machine that is busy. */
const PATIENCE_MS = 30_000;
const IMPATIENCE_MS = 60;

/** What every process registry promises. */
export function describeProcessRegistry(
  name: string,
  make: () => Promise<ProcessRegistryHarness>,
): void {
  describe(`process registry: ${name}`, () => {
    let harness: ProcessRegistryHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(() => harness.close());

    describeOwnRecord(() => harness);
    describeOthers(() => harness);
    describeStopping(() => harness);
    describeReuse(() => harness);
  });
}

function describeOwnRecord(harness: GetHarness): void {
  it('finds nobody and stops nobody where nobody registered', async () => {
    expect(await harness().registry.find('server')).toBeNull();
    expect(await harness().stop('server', PATIENCE_MS)).toBe('absent');
    await harness().registry.unregisterSelf('server');
  });

  it('finds the caller under its names, each with its own details', async () => {
    const { registry, pid } = harness();
    const details = { port: 7431, url: 'http://127.0.0.1:7431', nested: { list: [1, null, 'ü'] } };
    await registry.registerSelf('server', details);
    await registry.registerSelf('node-1', {});
    expect(await registry.find('server')).toMatchObject({ pid, details });
    expect(await registry.find('node-1')).toMatchObject({ pid, details: {} });
    expect((await registry.find('server'))?.identity).not.toBe('');
  });

  it('keeps the last details when the caller registers again', async () => {
    const { registry } = harness();
    await registry.registerSelf('server', { port: 1 });
    await registry.registerSelf('server', { port: 2 });
    expect((await registry.find('server'))?.details).toEqual({ port: 2 });
  });

  it('forgets the caller when it unregisters, under that name alone', async () => {
    const { registry } = harness();
    await registry.registerSelf('server', {});
    await registry.registerSelf('node-1', {});
    await registry.unregisterSelf('server');
    await registry.unregisterSelf('server');
    expect(await registry.find('server')).toBeNull();
    expect(await registry.find('node-1')).not.toBeNull();
  });
}

function describeOthers(harness: GetHarness): void {
  it('finds another process, and neither replaces nor removes its record', async () => {
    const { registry } = harness();
    const other = await harness().startOther('obeys');
    expect(await other.register('server', { port: 9 })).toBe('done');
    const refusal = await registry.registerSelf('server', {}).catch((error: unknown) => error);
    expect(isCodedError(refusal, 'P604')).toBe(true);
    await registry.unregisterSelf('server');
    expect(await registry.find('server')).toMatchObject({ pid: other.pid, details: { port: 9 } });
  });

  it('takes the place of a process that crashed', async () => {
    const { registry, pid } = harness();
    const other = await harness().startOther('obeys');
    await other.register('server', {});
    await other.crash();
    expect(await registry.find('server')).toBeNull();
    expect(await harness().stop('server', PATIENCE_MS)).toBe('absent');
    await registry.registerSelf('server', { port: 3 });
    expect(await registry.find('server')).toMatchObject({ pid, details: { port: 3 } });
  });

  it('leaves a free place when another process unregisters', async () => {
    const { registry } = harness();
    const other = await harness().startOther('obeys');
    await other.register('server', {});
    expect(await other.unregister('server')).toBe('done');
    expect(await registry.find('server')).toBeNull();
    expect(await other.isRunning()).toBe(true);
  });

  it('gives the place to one of several that start over a dead record at once', async () => {
    const dead = await harness().startOther('obeys');
    await dead.register('server', {});
    await dead.crash();
    const starters = await Promise.all([1, 2, 3].map(() => harness().startOther('obeys')));
    const answers = await Promise.all(
      starters.map((starter) => starter.register('server', { pid: starter.pid })),
    );
    expect(answers.toSorted()).toEqual(['P604', 'P604', 'done']);
    const winner = starters[answers.indexOf('done')]?.pid;
    expect(await harness().registry.find('server')).toMatchObject({ pid: winner });
  });
}

function describeStopping(harness: GetHarness): void {
  it('stops a process that obeys and is done when it is gone', async () => {
    const other = await harness().startOther('obeys');
    await other.register('server', {});
    expect(await harness().stop('server', PATIENCE_MS)).toBe('stopped');
    expect(await other.isRunning()).toBe(false);
    expect(await harness().registry.find('server')).toBeNull();
    expect(await harness().stop('server', PATIENCE_MS)).toBe('absent');
  });

  it('kills a process that ignores the request', async () => {
    const other = await harness().startOther('ignores-requests');
    await other.register('server', {});
    expect(await harness().stop('server', IMPATIENCE_MS)).toBe('killed');
    expect(await other.isRunning()).toBe(false);
    expect(await harness().registry.find('server')).toBeNull();
  });

  it('stops the named process and no other', async () => {
    const [first, second] = [
      await harness().startOther('obeys'),
      await harness().startOther('obeys'),
    ];
    await first.register('node-1', {});
    await second.register('node-2', {});
    expect(await harness().stop('node-1', PATIENCE_MS)).toBe('stopped');
    expect(await second.isRunning()).toBe(true);
    expect(await harness().registry.find('node-2')).toMatchObject({ pid: second.pid });
  });
}

function describeReuse(harness: GetHarness): void {
  it('never signals a stranger that got the process id of a record', async () => {
    const { registry, pid } = harness();
    const stranger = await harness().startOther('obeys');
    await harness().plant('server', { pid: stranger.pid, identity: 'someone-else', details: {} });
    expect(await registry.find('server')).toBeNull();
    expect(await harness().stop('server', IMPATIENCE_MS)).toBe('absent');
    expect(await stranger.isRunning()).toBe(true);
    await registry.registerSelf('server', {});
    expect(await registry.find('server')).toMatchObject({ pid });
  });

  it('does not take a record for its own because of the process id alone', async () => {
    const { registry, pid } = harness();
    await harness().plant('server', { pid, identity: 'someone-else', details: { port: 1 } });
    expect(await registry.find('server')).toBeNull();
    await registry.registerSelf('server', { port: 2 });
    expect((await registry.find('server'))?.details).toEqual({ port: 2 });
  });
}
