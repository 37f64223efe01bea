import {
  chmod,
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
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createProcessExecutor } from '../../reconciler/adapters/executor/process/executor.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { type NormalForm, toRef } from '../../reconciler/core/contracts/normal-form.ts';
import type { Executor } from '../../reconciler/ports/executor.ts';
import { makeEffect, makeRemoval, makeTarget, ZONE } from '../support/target-effects.ts';

const FENCE = { holder: 'leader', epoch: 3 };
const FORM = makeTarget('laptop', { cpu: 3, gpu: 1 });

let zoneFolder = '';
let executor: Executor;
const at = (...path: string[]) => join(zoneFolder, 'targets', ...path);
const apply = (form: NormalForm, occurrence: number) =>
  executor.apply({ fence: FENCE, effect: makeEffect(form, occurrence), target: form });
const remove = (action: string, occurrence: number) =>
  executor.apply({ fence: FENCE, effect: makeRemoval(FORM, action, occurrence), target: null });

beforeEach(async () => {
  zoneFolder = await mkdtemp(join(tmpdir(), 'plumbline-executor-'));
  executor = createProcessExecutor({
    zone: ZONE,
    zoneFolder,
    clock: createSystemClock(),
    randomness: createSystemRandomness(),
    processIdentity: createSystemProcessIdentity(),
  });
});
afterEach(() => rm(zoneFolder, { recursive: true }));

describe('process executor: folders', () => {
  it('stands where the documentation says, for its owner alone', async () => {
    await apply(FORM, 0);
    expect(await readdir(at('laptop', 'pools', 'cpu', 'slots'))).toEqual(['000', '001', '002']);
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    for (const folder of ['.', 'pools/cpu', 'pools/cpu/slots/002', 'data']) {
      expect(await modeOf(at('laptop', folder))).toBe(0o700);
    }
    expect(await modeOf(at('laptop', 'target.json'))).toBe(0o600);
    expect(JSON.parse(await readFile(at('laptop', 'target.json'), 'utf8'))).toMatchObject({
      v: 1,
      form: FORM,
      effectId: makeEffect(FORM, 0).id,
      epoch: 3,
    });
    expect(JSON.parse(await readFile(at('fence.json'), 'utf8'))).toMatchObject(FENCE);
  });

  it('keeps the data when a target is retired, and finds it again', async () => {
    await apply(FORM, 0);
    await writeFile(at('laptop', 'data', 'kept'), 'x');
    await remove('retire', 1);
    expect(await readdir(at('laptop'))).toEqual(['data', 'target.json']);
    await apply(FORM, 2);
    expect(await readFile(at('laptop', 'data', 'kept'), 'utf8')).toBe('x');
  });

  it('leaves everything when a target is orphaned', async () => {
    await apply(FORM, 0);
    await remove('orphan', 1);
    expect(await readdir(at('laptop', 'pools', 'cpu', 'slots'))).toHaveLength(3);
  });

  it('takes everything away when a target is deleted, but for the last effect', async () => {
    await apply(FORM, 0);
    await mkdir(at('laptop', 'data', 'deep', 'er'), { recursive: true });
    await remove('delete', 1);
    await expect(stat(at('laptop'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(at('.effects'))).toEqual(['laptop.json']);
  });

  it('keeps its own folder small however often it acts', async () => {
    for (let occurrence = 0; occurrence < 12; occurrence += 1) {
      await apply(makeTarget('laptop', { cpu: 1 + (occurrence % 2) }), occurrence);
    }
    expect(await readdir(at('.lock'))).toHaveLength(1);
  });
});

describe('process executor: counting', () => {
  it.each([
    ['a slot folder', 'pools/cpu/slots/001', 2],
    ['the record of a pool', 'pools/cpu/pool.json', null],
    ['a pool', 'pools/cpu', null],
  ])('sees that %s is missing', async (_title, path, slots) => {
    await apply(FORM, 0);
    await rm(at('laptop', path), { recursive: true });
    const { read } = await executor.observe(toRef(FORM));
    const pools = (read as { value: NormalForm }).value.spec['pools'] as readonly object[];
    expect(pools.find((pool) => 'name' in pool && pool.name === 'cpu') ?? null).toEqual(
      slots === null ? null : expect.objectContaining({ slots }),
    );
    expect(await apply(FORM, 1)).toEqual(FORM);
  });

  it('sees a slot and a pool too many, and takes them away', async () => {
    await apply(FORM, 0);
    await mkdir(at('laptop', 'pools', 'cpu', 'slots', '007'));
    await mkdir(at('laptop', 'pools', 'cpu', 'slots', '008'));
    expect((await executor.observe(toRef(FORM))).read).not.toMatchObject({ value: FORM });
    expect(await apply(FORM, 1)).toEqual(FORM);
    expect(await readdir(at('laptop', 'pools', 'cpu', 'slots'))).toEqual(['000', '001', '002']);
  });

  it('does not take a file or a link for a slot', async () => {
    await apply(FORM, 0);
    await rm(at('laptop', 'pools', 'cpu', 'slots', '002'), { recursive: true });
    await symlink('/', at('laptop', 'pools', 'cpu', 'slots', '002'));
    await writeFile(at('laptop', 'pools', 'cpu', 'slots', '003'), '');
    const { read } = await executor.observe(toRef(FORM));
    expect(JSON.stringify(read)).toContain('"slots":2');
    await expect(apply(FORM, 1)).rejects.toMatchObject({ code: 'P406' });
  });

  it.each([
    ['target.json', '{'],
    ['target.json', '{"v":2}'],
    ['target.json', '{"v":1,"form":{}}'],
    ['pools/cpu/pool.json', 'null'],
    ['pools/cpu/pool.json', '[1]'],
    ['target.json', ' '.repeat(300_000)],
  ])('does not know what is there when %s is %j', async (path, text) => {
    await apply(FORM, 0);
    await writeFile(at('laptop', path), text);
    const { read } = await executor.observe(toRef(FORM));
    expect(read).toMatchObject({ state: 'unknown', why: expect.stringContaining('laptop') });
    await expect(apply(FORM, 1)).rejects.toMatchObject({ code: 'P406' });
  });

  it.skipIf(process.geteuid?.() === 0)('does not know what it may not read', async () => {
    await apply(FORM, 0);
    await chmod(at('laptop', 'pools'), 0o000);
    expect((await executor.observe(toRef(FORM))).read.state).toBe('unknown');
    await chmod(at('laptop', 'pools'), 0o700);
  });

  it('lets nobody pass when the fence cannot be read', async () => {
    await apply(FORM, 0);
    await writeFile(at('fence.json'), '{"epoch":"1"}');
    await expect(apply(FORM, 1)).rejects.toMatchObject({ code: 'P406' });
  });
});

describe('process executor: what it did not make', () => {
  const SMALL = makeTarget('laptop', { cpu: 1 });

  it.each([
    ['pools/cpu/slots/002/work.bin', 'work.bin'],
    ['pools/gpu/slots/notes.txt', 'notes.txt'],
    ['pools/gpu/readme', 'readme'],
  ])('refuses to shrink over %s, names it and changes nothing', async (path, name) => {
    await apply(FORM, 0);
    await writeFile(at('laptop', path), 'precious');
    const before = await executor.observe(toRef(FORM));
    const refusal = { code: 'P406', remedy: 'stop', message: expect.stringContaining(name) };
    await expect(apply(SMALL, 1)).rejects.toMatchObject(refusal);
    expect(await executor.observe(toRef(FORM))).toEqual(before);
    expect(await readFile(at('laptop', path), 'utf8')).toBe('precious');
  });

  it.each(['pools/stray', 'stray', 'pools/cpu/slots/000/x', '.hidden'])(
    'refuses to delete over %s',
    async (path) => {
      await apply(FORM, 0);
      await writeFile(at('laptop', path), 'precious');
      await expect(remove('delete', 1)).rejects.toMatchObject({ code: 'P406', remedy: 'stop' });
      expect((await executor.observe(toRef(FORM))).read).toMatchObject({ value: FORM });
      expect(await readFile(at('laptop', path), 'utf8')).toBe('precious');
    },
  );

  it('grows and reprices around it', async () => {
    await apply(FORM, 0);
    await writeFile(at('laptop', 'pools', 'cpu', 'stray'), 'precious');
    const grown = makeTarget('laptop', { cpu: 5, gpu: 1 }, 9);
    expect(await apply(grown, 1)).toEqual(grown);
  });

  it('does not follow a link out of the data it deletes', async () => {
    await apply(FORM, 0);
    const outside = join(zoneFolder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'file'), 'precious');
    await symlink(outside, at('laptop', 'data', 'link'));
    await remove('delete', 1);
    expect(await readFile(join(outside, 'file'), 'utf8')).toBe('precious');
  });

  it('does not act through a link in place of a folder of ours', async () => {
    await mkdir(at(), { recursive: true });
    await mkdir(join(zoneFolder, 'outside'));
    await symlink(join(zoneFolder, 'outside'), at('laptop'));
    await expect(apply(FORM, 0)).rejects.toMatchObject({ code: 'P406' });
    expect(await readdir(join(zoneFolder, 'outside'))).toEqual([]);
  });
});
