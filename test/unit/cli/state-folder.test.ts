import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeState } from '../../../reconciler/adapters/instance-file/file/remove-state.ts';
import { STATE_ENTRIES, toStatePaths } from '../../../reconciler/cli/state-paths.ts';
import { createCommandIo } from './command-io.ts';

describe('where the state is', () => {
  it('is never the folder that a script happens to be in', () => {
    const { io } = createCommandIo({ env: { PLUMBLINE_STATE: '' } });
    expect(toStatePaths(undefined, io).root).toBe('/srv/.plumbline');
    expect(() => toStatePaths('', io)).toThrow('--state names no folder');
  });
});

describe('removing the state', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-state-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const makeState = async (root: string) => {
    const paths = toStatePaths(root, createCommandIo().io);
    await mkdir(paths.repository, { recursive: true });
    await mkdir(paths.keys);
    await writeFile(paths.instance, '{}');
    return paths;
  };

  it('leaves nothing of it', async () => {
    const paths = await makeState(join(folder, 'state'));
    expect(await removeState(paths.root, STATE_ENTRIES)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves somebody's own files in the folder they chose, and names them", async () => {
    const paths = await makeState(folder);
    await writeFile(join(folder, 'thesis.tex'), 'years of work');
    expect(await removeState(paths.root, STATE_ENTRIES)).toEqual(['thesis.tex']);
    expect(await readdir(folder)).toEqual(['thesis.tex']);
  });
});
