import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileAnchor } from '../../reconciler/adapters/anchor/file/anchor.ts';
import { createMemoryAnchor } from '../../reconciler/adapters/anchor/memory/anchor.ts';
import { describeAnchor, toCheckpoint } from './anchor.contract.ts';

describeAnchor({
  name: 'file',
  async create() {
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-anchor-'));
    const path = join(folder, 'deep', 'anchor.jsonl');
    return {
      anchor: createFileAnchor({ path }),
      reopen: () => createFileAnchor({ path }),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
});

describeAnchor({
  name: 'memory',
  async create() {
    const anchor = createMemoryAnchor();
    return { anchor, reopen: () => anchor, close: async () => {} };
  },
});

describe('file anchor', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-anchor-'));
    path = join(folder, 'anchor.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is one line of JSON for each checkpoint, in a frozen shape', async () => {
    await createFileAnchor({ path }).append(toCheckpoint(3));
    expect(await readFile(path, 'utf8')).toBe(
      `{"v":1,"zone":"ae","seq":3,"record":"sha256:${'3'.repeat(64)}",` +
        `"commit":"${'3'.repeat(40)}","at":"2026-01-01T00:00:03.007Z"}\n`,
    );
  });

  it('survives a write torn at any byte, and goes on', async () => {
    const anchor = createFileAnchor({ path });
    await anchor.append(toCheckpoint(1));
    const { length } = await readFile(path);
    await anchor.append(toCheckpoint(2));
    const whole = await readFile(path);
    for (let size = whole.length - 1; size >= length; size -= 7) {
      await writeFile(path, whole);
      await truncate(path, size);
      expect(await anchor.list('ae')).toEqual([toCheckpoint(1)]);
      await anchor.append(toCheckpoint(3));
      expect(await anchor.list('ae')).toEqual([toCheckpoint(1), toCheckpoint(3)]);
    }
  });

  it.each(['x\n', '\n', '{"v":2}\n', '{"v":1,"zone":"ae","seq":"3"}\n', 'null\n'])(
    'refuses a file with the line %j',
    async (line) => {
      const anchor = createFileAnchor({ path });
      await anchor.append(toCheckpoint(1));
      await appendFile(path, line);
      await expect(anchor.list('ae')).rejects.toThrow(`${path}:2`);
      await expect(anchor.append(toCheckpoint(2))).rejects.toMatchObject({ code: 'P410' });
    },
  );

  it('says when it cannot be written', async () => {
    await writeFile(path, '');
    const anchor = createFileAnchor({ path: join(path, 'below-a-file') });
    const appended = anchor.append(toCheckpoint(1));
    await expect(appended).rejects.toMatchObject({ code: 'P410', remedy: 'retry' });
  });
});
