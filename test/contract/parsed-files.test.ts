import { appendFile, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFileParsedFiles } from '../../reconciler/adapters/parsed-files/file/parsed-files.ts';
import { createMemoryParsedFiles } from '../../reconciler/adapters/parsed-files/memory/parsed-files.ts';
import { describeParsedFiles, toOid, toParsed } from './parsed-files.contract.ts';

const folders: string[] = [];

async function freshPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-parsed-'));
  folders.push(folder);
  return join(folder, 'state', 'parsed-files');
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describeParsedFiles('memory', async () => {
  const kept = new Map();
  return { open: () => createMemoryParsedFiles(kept) };
});

describeParsedFiles('file', async () => {
  const path = await freshPath();
  return { open: () => createFileParsedFiles(path) };
});

describe('parsed files on disk', () => {
  const filled = async () => {
    const path = await freshPath();
    const files = createFileParsedFiles(path);
    await files.add(
      new Map([
        [toOid('a'), toParsed('a')],
        [toOid('b'), toParsed('b')],
      ]),
    );
    return { path, files };
  };

  it('are readable by their owner alone', async () => {
    const { path } = await filled();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('lose a torn line, and no other', async () => {
    const { path, files } = await filled();
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.slice(0, -20));
    expect([...(await files.load()).keys()]).toEqual([toOid('a')]);
    await appendFile(path, '\n');
    await files.add(new Map([[toOid('c'), toParsed('c')]]));
    expect([...(await files.load()).keys()]).toEqual([toOid('a'), toOid('c')]);
  });

  it('do not give back what was changed', async () => {
    const { path, files } = await filled();
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"name":"a"', '"name":"z"'));
    expect([...(await files.load()).keys()]).toEqual([toOid('b')]);
  });

  it('begin anew under another version of the language', async () => {
    const { path, files } = await filled();
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/sha256:[0-9a-f]{8}/, 'sha256:00000000'));
    expect((await files.load()).size).toBe(0);
    await files.add(new Map([[toOid('c'), toParsed('c')]]));
    expect([...(await files.load()).keys()]).toEqual([toOid('c')]);
  });

  it.each(['', '\0\0\0', 'plumbline', '{"a":'])('take %j for nothing', async (text) => {
    const { path, files } = await filled();
    await writeFile(path, text);
    expect((await files.load()).size).toBe(0);
  });

  it('follow no link, and cost nothing where they cannot be written', async () => {
    const { path } = await filled();
    const link = `${path}-link`;
    await symlink(path, link);
    expect((await createFileParsedFiles(link).load()).size).toBe(0);
    const impossible = createFileParsedFiles(join(path, 'below-a-file'));
    await impossible.add(new Map([[toOid('a'), toParsed('a')]]));
    expect((await impossible.load()).size).toBe(0);
  });
});
