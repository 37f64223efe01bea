import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initBareRepository } from '../../reconciler/adapters/git/native/initialise.ts';

export type BareRepository = {
  readonly path: string;
  /** Git as anybody would run it, to judge what the adapter did; throws when it fails. */
  readonly run: (args: readonly string[], input?: string | Uint8Array) => string;
  readonly remove: () => Promise<void>;
};

export async function createBareRepository(): Promise<BareRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-git-'));
  const path = join(folder, 'platform.git');
  await initBareRepository({ path });
  return {
    path,
    run: (args, input = '') =>
      execFileSync('git', [`--git-dir=${path}`, ...args], {
        input: input as Uint8Array,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          LC_ALL: 'C',
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_COMMITTER_NAME: 'A person',
          GIT_COMMITTER_EMAIL: 'person@example.org',
          GIT_COMMITTER_DATE: '1000000000 +0000',
          GIT_AUTHOR_NAME: 'A person',
          GIT_AUTHOR_EMAIL: 'person@example.org',
          GIT_AUTHOR_DATE: '1000000000 +0000',
        },
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
