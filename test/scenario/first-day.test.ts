import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createInstallation,
  type Installation,
  type RunningReconciler,
  runProgram,
} from '../support/installation.ts';

let installation: Installation;
let reconciler: RunningReconciler;

beforeAll(async () => {
  installation = await createInstallation({ parts: 'rules' });
  reconciler = installation.up();
  await reconciler.ready;
});

afterAll(async () => {
  await reconciler.stop();
  await installation.remove();
});

const slotsFolder = (pool: string) =>
  join(installation.state, 'zones', 'ae', 'targets', 'ae-laptop', 'pools', pool, 'slots');

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const file = join(installation.clone, path);
  await writeFile(file, change(await readFile(file, 'utf8')));
}

async function push(message: string): Promise<void> {
  const { git } = installation;
  await git('add', '-A');
  await git('commit', '-q', '-m', message);
  await git('push', '-q', 'origin', 'main');
}

async function countRecords(): Promise<number> {
  const { git, repository } = installation;
  return Number(await git('--git-dir', repository, 'rev-list', '--count', 'plumbline/audit/ae'));
}

// The story of the README, in its order: each step stands on the one before.
describe('the first day with a platform', () => {
  it('begins with a world that is as the example says', async () => {
    expect(await readdir(slotsFolder('cpu'))).toHaveLength(4);
    expect(await installation.plumb('status')).toMatchObject({ code: 0 });
    const plan = await installation.plumb('plan');
    expect(plan).toMatchObject({ code: 0 });
    expect(plan.stdout).toContain('zone ae: nothing to do');
  });

  it('shows what an edit would do before it is pushed', async () => {
    await edit('targets/ae-laptop.yaml', (text) => text.replace('slots: 4', 'slots: 6'));
    expect(await installation.plumb('validate', installation.clone)).toMatchObject({ code: 0 });
    const plan = await installation.plumb('plan', installation.clone);
    expect(plan).toMatchObject({ code: 2 });
    expect(plan.stdout).toContain('~ target ae-laptop: offers 6 cpu slots in cpu');
    expect(await readdir(slotsFolder('cpu'))).toHaveLength(4);
  });

  it('makes it so after the push, and writes it down as a signed commit', async () => {
    const before = await countRecords();
    await push('Two more slots');
    expect(await installation.plumb('status', '--wait')).toMatchObject({ code: 0 });
    expect(await readdir(slotsFolder('cpu'))).toHaveLength(6);
    expect(await countRecords()).toBe(before + 1);
    const { git, repository } = installation;
    const title = await git(
      '--git-dir',
      repository,
      'log',
      '-1',
      '--format=%s',
      'plumbline/audit/ae',
    );
    expect(title).toMatch(/^Update target ae-laptop: offers 6 cpu slots/);
    expect(await installation.plumb('audit', 'verify')).toMatchObject({ code: 0 });
  });

  it('follows what is valid when somebody pushes a mistake, and says where it is', async () => {
    await edit('environments/dev.yaml', (text) => text.replace('targets:', 'tragets:'));
    await edit('targets/ae-laptop.yaml', (text) => text.replace('slots: 6', 'slots: 5'));
    await push('A typo and a change');
    const status = await installation.plumb('status', '--wait');
    expect(status).toMatchObject({ code: 0 });
    expect(status.stdout).toMatch(/environments\/dev\.yaml:\d+:\d+ P111/);
    expect(await readdir(slotsFolder('cpu'))).toHaveLength(5);
    const live = await installation.git(
      '--git-dir',
      installation.repository,
      'ls-tree',
      '--name-only',
      'plumbline/audit/ae:live/environment/platform',
    );
    expect(live).toContain('dev.yaml');
    await edit('environments/dev.yaml', (text) => text.replace('tragets:', 'targets:'));
    await push('Mend the typo');
    const mended = await installation.plumb('status', '--wait');
    expect(mended.stdout).not.toContain('P111');
  });

  it('does nothing again after a restart, and restores what went missing meanwhile', async () => {
    const before = await countRecords();
    expect(await reconciler.stop()).toBe(0);
    reconciler = installation.up();
    await reconciler.ready;
    expect(await countRecords()).toBe(before);
    expect(await reconciler.stop()).toBe(0);
    await rm(join(slotsFolder('cpu'), '004'), { recursive: true });
    reconciler = installation.up();
    await reconciler.ready;
    expect(await installation.plumb('status', '--wait')).toMatchObject({ code: 0 });
    expect(await readdir(slotsFolder('cpu'))).toHaveLength(5);
    expect(await countRecords()).toBe(before + 1);
  });

  it('refuses to start a second time on the same state', async () => {
    const second = await installation.plumb('up', '--port', '0');
    expect(second).toMatchObject({ code: 1 });
    expect(second.stderr).toContain('P604');
  });

  it('verifies in a clone of an auditor who has nothing else', async () => {
    const { repository, clone, git } = installation;
    const folder = join(installation.state, '..');
    const copy = join(folder, 'auditor.git');
    await runProgram('git', ['clone', '-q', '--bare', repository, copy], { cwd: folder });
    const signers = join(clone, 'allowed_signers');
    const verify = () =>
      installation.plumb('audit', 'verify', '--repository', copy, '--allowed-signers', signers);
    expect(await verify()).toMatchObject({ code: 0 });
    // The newest record may not be anchored yet; the one before it was, when the reconciler stopped.
    const parent = await git('--git-dir', copy, 'rev-parse', 'plumbline/audit/ae~2');
    await git('--git-dir', copy, 'update-ref', 'refs/heads/plumbline/audit/ae', parent.trim());
    const rewound = await verify();
    expect(rewound).toMatchObject({ code: 3 });
    expect(rewound.stdout).toContain('P502');
  });

  it('ends in order when it is told to from elsewhere', async () => {
    const down = await installation.plumb('down');
    expect(down).toMatchObject({ code: 0 });
    expect(down.stdout).toContain('reconciler  stopped');
    expect(await installation.plumb('status')).toMatchObject({ code: 1 });
    expect(await installation.plumb('audit', 'verify', '--strict')).toMatchObject({ code: 0 });
  });
});
