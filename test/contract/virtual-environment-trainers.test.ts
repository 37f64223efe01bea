import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { toInstallerEnvironment } from '../../reconciler/adapters/trainers/virtual-environment/installer-environment.ts';
import { toShownOutput } from '../../reconciler/adapters/trainers/virtual-environment/make-environment.ts';
import { runPython } from '../../reconciler/adapters/trainers/virtual-environment/python-process.ts';
import { startLineChild } from '../support/child-process.ts';
import { makeSmallTrainer, type SmallTrainer } from '../support/small-trainer.ts';

let small: SmallTrainer;
beforeEach(async () => {
  small = await makeSmallTrainer();
});
afterEach(() => small.remove());

/** The folder of the only lock, and what lies in it. */
async function listEnvironments(): Promise<{ readonly folder: string; names: readonly string[] }> {
  const entries = await readdir(small.environmentsFolder);
  const [name = ''] = entries.filter((entry) => !entry.includes('.'));
  const folder = join(small.environmentsFolder, name);
  return { folder, names: await readdir(folder) };
}

describe('an environment', () => {
  it('is made once by all processes that want it, and runs the program in isolation', async () => {
    const script = new URL('../support/trainers-child.ts', import.meta.url);
    const children = await Promise.all([1, 2].map(() => startLineChild(script, [small.folder])));
    const pythons = await Promise.all(children.map((child) => child.ask(small.program)));
    await Promise.all(children.map((child) => child.kill()));
    expect(pythons[0]).toMatch(/\/bin\/python$/);
    expect(pythons[1]).toBe(pythons[0]);
    expect((await listEnvironments()).names).toHaveLength(2);

    const { argv } = await small.open().ensure(small.program);
    const [file = '', ...args] = argv;
    expect(argv).toEqual([pythons[0], '-I', '-B', small.programFile]);
    const ended = spawnSync(file, args, { cwd: small.folder, env: {}, encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(await readdir(dirname(small.programFile))).toEqual(['requirements.lock', 'train.py']);
  });

  it('is found only when it is whole, and made anew otherwise', async () => {
    const installed = await small.open().ensure(small.program);
    const { folder, names } = await listEnvironments();
    await expectFoundOnlyWhenWhole(join(folder, 'ready.json'));

    // What a power cut leaves: half an environment, and a lock of a process that is no more.
    await rm(installed.argv[0] as string);
    expect(await small.open().find(small.program)).toBeNull();
    const identity = await createSystemProcessIdentity().readIdentity(process.pid);
    const deadOwner = { v: 1, pid: process.pid, identity: `not ${identity}`, nonce: '00' };
    await writeFile(`${folder}.lock`, JSON.stringify(deadOwner));
    const again = await small.open().ensure(small.program);
    expect(again.digest).toBe(installed.digest);
    expect(again.argv[0]).not.toBe(installed.argv[0]);
    const [half = ''] = names.filter((entry) => entry !== 'ready.json');
    expect((await listEnvironments()).names).not.toContain(half);
    expect(await readdir(small.environmentsFolder)).toHaveLength(1);
  });
});

async function expectFoundOnlyWhenWhole(readyFile: string): Promise<void> {
  const ready = await readFile(readyFile, 'utf8');
  for (const broken of [
    ready.replace(/sha256:[0-9a-f]/, 'sha256:x'),
    ready.replace(/"interpreter":"/, '"interpreter":"/gone'),
    ready.replace(/"name":"/, '"name":"../'),
    ready.slice(0, 20),
    '',
  ]) {
    await writeFile(readyFile, broken);
    expect(await small.open().find(small.program)).toBeNull();
  }
  await writeFile(readyFile, ready);
  expect(await small.open().find(small.program)).not.toBeNull();
}

describe('what cannot be set up', () => {
  it('is a package with other bytes than those locked', async () => {
    await small.lock('0'.repeat(64));
    const why = await rejectionOf(small.open().ensure(small.program));
    expect(why).toMatchObject({ code: 'P809', remedy: 'retry' });
    expect(why.message).toContain('installing its packages failed (1)');
    expect(why.message).toMatch(/hash/i);
    expect(await small.open().find(small.program)).toBeNull();
  });

  it('is a program that its packages do not carry', async () => {
    await writeFile(small.programFile, 'import libgomp_is_missing\n');
    const why = await rejectionOf(small.open().ensure(small.program));
    expect(why).toMatchObject({ code: 'P809' });
    expect(why.message).toContain('loading its packages failed (1). Get OpenMP');
    expect(why.message).toContain('ModuleNotFoundError');
  });

  it('is any program without a Python', async () => {
    const impostor = join(small.folder, 'python-too-old');
    await writeFile(impostor, '#!/bin/sh\necho 3.9 /usr/bin/python3.9\n', { mode: 0o755 });
    const names = ['python-of-nobody', impostor];
    const why = await rejectionOf(small.open(names).ensure(small.program));
    expect(why).toMatchObject({ code: 'P809' });
    expect(why.message).toContain(names.join(', '));
  });
});

async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.unreachable('it was set up'),
    (error: unknown) => error as Error,
  );
}

describe('the installer', () => {
  it('gets what leads to packages, and no other secret or target', () => {
    const passed = {
      PATH: '/bin',
      HOME: '/home/ada',
      PIP_INDEX_URL: 'https://packages.example',
      HTTPS_PROXY: 'http://proxy.example',
      no_proxy: 'localhost',
      SSL_CERT_FILE: '/certificates.pem',
    };
    const withheld = {
      PIP_TARGET: '/elsewhere',
      PIP_USER: '1',
      PYTHONPATH: '/elsewhere',
      DATABASE_URL: 'postgres://secret',
      EMPTY: undefined,
    };
    expect(toInstallerEnvironment({ ...passed, ...withheld })).toEqual({
      ...passed,
      LANG: 'C.UTF-8',
    });
  });

  it('is quoted by its last lines, without passwords', () => {
    const lines = Array.from({ length: 40 }, (_, line) => `line ${line}`);
    const shown = toShownOutput(`${lines.join('\n')}\nat https://ada:s3cret@packages.example/x\n`);
    expect(shown).toContain('line 39\nat [address]');
    expect(shown).not.toContain('line 30');
    expect(toShownOutput("see (https://ada:s3,'cret)@packages.example)")).toBe('see ([address]');
    expect(toShownOutput('x'.repeat(100_000))).toHaveLength(1_000);
  });

  it('is ended with all that it started when its time is over', async () => {
    const pidFile = join(small.folder, 'child.pid');
    // It ignores the end of its parent, as a download in the background would.
    const program = `
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(1000)
`;
    const end = await runPython({
      argv: ['python3', '-I', '-c', program, pidFile],
      environment: { PATH: process.env['PATH'] ?? '', HOME: small.folder },
      limitMs: 1_000,
      clock: { ...createSystemClock(), sleep: () => waitForText(pidFile) },
    });
    expect(end.exit).toBe('no end in time');
    const pid = Number(await readFile(pidFile, 'utf8'));
    // Killed is not gone: the kernel takes a moment.
    const { readIdentity } = createSystemProcessIdentity();
    await vi.waitFor(async () => expect(await readIdentity(pid)).toBeNull(), { timeout: 60_000 });
  });
});

/** In place of a time limit: over once there is something to end. */
async function waitForText(file: string): Promise<void> {
  await vi.waitFor(async () => expect(await readFile(file, 'utf8')).not.toBe(''), {
    timeout: 60_000,
  });
}
