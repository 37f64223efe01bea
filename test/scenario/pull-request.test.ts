import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInstallation, type Installation } from '../support/installation.ts';

/** Git asks it to verify a signature. */
const HAS_SSH_KEYGEN = spawnSync('ssh-keygen', ['-?']).error === undefined;

let installation: Installation;

beforeAll(async () => {
  installation = await createInstallation({ parts: 'rules' });
});

afterAll(() => installation.remove());

async function commit(message: string, change: (text: string) => string): Promise<void> {
  const { git, clone } = installation;
  const file = join(clone, 'targets/ae-laptop.yaml');
  await writeFile(file, change(await readFile(file, 'utf8')));
  await git('commit', '-q', '-a', '-m', message);
}

// No reconciler runs: a repository and the keys of its people are all that it takes.
describe('a change by pull request', () => {
  it('is proposed from a branch that was pushed', async () => {
    const { git, plumb, clone } = installation;
    await git('checkout', '-q', '-b', 'more-slots');
    await commit('Two more slots', (text) => text.replace('slots: 4', 'slots: 6'));
    await git('push', '-q', 'origin', 'more-slots');
    const body = join(clone, 'body.md');
    await writeFile(body, 'The queue is long.\n');
    const created = await plumb('pr', 'create', '--head', 'more-slots', '--body-file', body);
    expect(created).toMatchObject({ code: 0, stderr: '' });
    expect(created.stdout).toContain('pull request 1  Two more slots');
  });

  it('is looked at', async () => {
    const { plumb } = installation;
    expect((await plumb('pr', 'list')).stdout).toMatch(/^ +1 {2}open {2}- {2}more-slots/);
    expect((await plumb('pr', 'show', '1')).stdout).toContain('The queue is long.');
    const diff = await plumb('pr', 'diff', '1');
    expect(diff.stdout).toContain(' targets/ae-laptop.yaml  +1 -1');
    expect(diff.stdout).toContain('-      slots: 4\n+      slots: 6\n');
  });

  it('is approved by somebody else, not by the machine', async () => {
    const { plumb } = installation;
    const machine = await plumb('pr', 'approve', '1', '--as', 'plumbline');
    expect(machine).toMatchObject({ code: 1, stderr: expect.stringContaining('P417') });
    expect((await plumb('pr', 'approve', '1')).stdout).toContain('approved (self)');
    const approved = await plumb('pr', 'approve', '1', '--as', 'reviewer');
    expect(approved).toMatchObject({ code: 0, stderr: '' });
  });

  it('is merged as it was approved, and can be fetched with Git alone', async () => {
    const { plumb, git } = installation;
    await commit('Yet another', (text) => text.replace('slots: 6', 'slots: 7'));
    await git('push', '-q', 'origin', 'more-slots');
    const early = await plumb('pr', 'merge', '1');
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('P418') });
    await plumb('pr', 'diff', '1');
    await plumb('pr', 'approve', '1', '--as', 'reviewer');
    const merged = await plumb('pr', 'merge', '1');
    expect(merged).toMatchObject({ code: 0, stderr: '' });
    expect(merged.stdout).toContain('approved by reviewer@localhost');
    await git('fetch', '-q', 'origin', 'main', 'refs/plumbline/pull/1/log:log');
    expect(await git('show', 'origin/main:targets/ae-laptop.yaml')).toContain('slots: 7');
    expect(await git('log', '--reverse', '--format=%s', 'log')).toMatch(
      /^you@localhost opens pull request 1 for more-slots: Two more slots\n(.*\n)+you@localhost merges .*\n$/,
    );
  });

  it.skipIf(!HAS_SSH_KEYGEN)('is signed so that Git verifies it', async () => {
    const signers = join(installation.clone, 'allowed_signers');
    const setting = `gpg.ssh.allowedSignersFile=${signers}`;
    await installation.git('-c', setting, 'verify-commit', 'log', 'origin/main');
  });
});
