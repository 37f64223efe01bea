import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from '../../reconciler/adapters/executor/process/files.ts';
import {
  isLatestWhole,
  settleCheckpoints,
} from '../../reconciler/adapters/runs/process/checkpoints.ts';
import { digestText } from '../../reconciler/core/contracts/digest.ts';
import { makeRunRequest } from '../support/run-requests.ts';

const RUN = makeRunRequest('fraud');
const STATE = 'state of the training';
const files = createFiles();

let folder: string;
let checkpoints: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-checkpoints-'));
  checkpoints = join(folder, 'checkpoints');
  await mkdir(join(checkpoints, '1', 'inner'), { recursive: true });
  await mkdir(join(folder, 'elsewhere'));
  for (const place of ['checkpoints/1', 'checkpoints/1/inner', 'elsewhere']) {
    await writeFile(join(folder, place, 'state'), STATE);
  }
});
afterEach(() => rm(folder, { recursive: true }));

async function writeLatest(path: string, named: Readonly<Record<string, string>>): Promise<void> {
  const { spec: specDigest, snapshot: snapshotDigest } = RUN.digests;
  const latest = { step: 1, path, files: named, specDigest, snapshotDigest, seed: RUN.seed };
  await writeFile(join(checkpoints, 'LATEST'), JSON.stringify(latest));
}

const settle = () => settleCheckpoints(files, checkpoints, RUN);

describe('the checkpoints of a run', () => {
  it('are whole when each file is as the latest says', async () => {
    await writeLatest('1', { state: digestText(STATE), 'inner/state': digestText(STATE) });
    expect(await settle()).toBe(true);
  });

  it('lead nowhere else, through whatever the trainer made a link', async () => {
    await symlink('/dev', join(checkpoints, 'devices'));
    await symlink(join(folder, 'elsewhere'), join(checkpoints, 'folder'));
    await symlink(join(folder, 'elsewhere'), join(checkpoints, '1', 'folder'));
    await symlink(join(folder, 'elsewhere', 'state'), join(checkpoints, '1', 'link'));
    for (const [path, name, text] of [
      ['devices', 'null', ''],
      ['folder', 'state', STATE],
      ['1', 'folder/state', STATE],
      ['1', 'link', STATE],
    ] as const) {
      await writeLatest(path, { [name]: digestText(text) });
      expect(await settle(), `${path}/${name}`).toBe(false);
      expect(await readdir(checkpoints)).not.toContain('LATEST');
    }
  });

  it('are none behind a folder that is a link itself', async () => {
    await writeLatest('1', { state: digestText(STATE) });
    await symlink(checkpoints, join(folder, 'other'));
    expect(await isLatestWhole(files, join(folder, 'other'), RUN)).toBe(false);
  });

  it('are of files, and of no pipe', async () => {
    await promisify(execFile)('mkfifo', [join(checkpoints, '1', 'pipe')]);
    await writeLatest('1', { pipe: digestText('') });
    expect(await settle()).toBe(false);
  });

  it('are not read for minutes', { timeout: 10_000 }, async () => {
    const handle = await open(join(checkpoints, '1', 'large'), 'wx');
    await handle.truncate(256 * 2 ** 30);
    await handle.close();
    await writeLatest('1', { large: digestText('') });
    expect(await settle()).toBe(false);
  });
});
