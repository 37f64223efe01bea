import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PullStory } from '../../reconciler/core/forge/pull-request.ts';
import {
  createInstallation,
  type Installation,
  type RunningReconciler,
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

async function propose(branch: string, change: (text: string) => string): Promise<void> {
  const { git, clone, plumb } = installation;
  await git('fetch', '-q', 'origin');
  await git('checkout', '-q', '-B', branch, 'origin/main');
  const file = join(clone, 'targets/ae-laptop.yaml');
  await writeFile(file, change(await readFile(file, 'utf8')));
  await git('commit', '-q', '-a', '-m', branch);
  await git('push', '-q', 'origin', branch);
  expect(await plumb('pr', 'create', '--head', branch)).toMatchObject({ code: 0 });
}

/** Waits until the machine has said something that fits; the test's own limit ends the wait. */
async function readPull(
  number: number,
  isSaid: (pull: PullStory) => boolean = ({ comments }) => comments.length > 0,
): Promise<PullStory> {
  for (;;) {
    const { stdout } = await installation.plumb('pr', 'show', String(number), '--format', 'json');
    const { pull } = JSON.parse(stdout) as { readonly pull: PullStory };
    if (isSaid(pull)) return pull;
    await delay(200);
  }
}

const statesOf = ({ checks, head }: PullStory) =>
  Object.fromEntries(
    checks.filter((check) => check.head === head).map(({ name, state }) => [name, state]),
  );

describe('a pull request while the reconciler runs', { timeout: 120_000 }, () => {
  it('is told what merging it does', async () => {
    await propose('more-slots', (text) => text.replace('slots: 4', 'slots: 6'));
    const pull = await readPull(1);
    expect(statesOf(pull)).toEqual({
      'plumbline/validate': 'success',
      'plumbline/plan': 'success',
    });
    expect(pull.comments).toMatchObject([{ by: 'plumbline@localhost' }]);
    expect(pull.comments[0]?.body).toContain(
      'Merging this, in the zone ae:\n- target ae-laptop: offers 6 cpu slots in cpu',
    );
    expect(pull.comments[0]?.body).toContain('Nothing changes in the zone eu.');
  });

  it('is told what is wrong with it, where, and what to do', async () => {
    await propose('a-typo', (text) => text.replace('slots: 4', 'slotz: 4'));
    const pull = await readPull(2);
    expect(statesOf(pull)).toEqual({
      'plumbline/validate': 'failure',
      'plumbline/plan': 'failure',
    });
    const said = pull.comments[0]?.body ?? '';
    expect(said).toMatch(/^What is wrong:\n- error at targets\/ae-laptop\.yaml:\d+:\d+: P\d{3} /);
    expect(said).toContain('unknown field "slotz" in "spec.pools[0]" (did you mean "slots"?)');
    expect(said).not.toContain('- warning');
    expect(said).toContain('- target ae-laptop stays as it was');
  });

  it('is judged as it would be in main, and again when main has moved', async () => {
    const { plumb } = installation;
    expect(await plumb('pr', 'approve', '1', '--as', 'reviewer')).toMatchObject({ code: 0 });
    expect(await plumb('pr', 'merge', '1')).toMatchObject({ code: 0 });
    const pull = await readPull(2, ({ comments }) =>
      /changed the same files/.test(comments[0]?.body ?? ''),
    );
    expect(pull.comments).toHaveLength(1);
    const shown = await plumb('pr', 'show', '2');
    expect(shown.stdout).toContain('plumbline/plan: failure (plumbline@localhost)');
  });

  it('hears nothing twice after a restart', async () => {
    const { seq } = await readPull(2);
    expect(await reconciler.stop()).toBe(0);
    reconciler = installation.up();
    await reconciler.ready;
    await propose('another', (text) => text.replace('slots: 6', 'slots: 5'));
    await readPull(3);
    expect((await readPull(2)).seq).toBe(seq);
  });
});
