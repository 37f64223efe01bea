import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { FolderLimits, WorkingFolder } from '../../reconciler/ports/working-folder.ts';

export type WorkingFolderHarness = {
  readonly folder: WorkingFolder;
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** A link that leads to a file which exists outside the folder. */
  link(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  removeFolder(): Promise<void>;
  close(): Promise<void>;
};

type Make = () => Promise<WorkingFolderHarness>;
type GetHarness = () => WorkingFolderHarness;

const LIMITS: FolderLimits = { maxEntries: 100, maxBytesEach: 64 };
const everything = () => true;
const toBytes = (text: string) => new TextEncoder().encode(text);

async function listPaths({ folder }: WorkingFolderHarness, limits = LIMITS) {
  return (await folder.read(everything, limits)).map(({ path }) => path);
}

/** What every working folder promises, wherever its files are. */
export function describeWorkingFolder(name: string, make: Make): void {
  describe(`working folder: ${name}`, () => {
    let harness: WorkingFolderHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(() => harness.close());

    describeContents(() => harness);
    describeBounds(() => harness);
    describeLaw(make);
  });
}

function describeContents(harness: GetHarness): void {
  it('reads nothing from an empty folder', async () => {
    expect(await harness().folder.read(everything, LIMITS)).toEqual([]);
  });

  it('reads each wanted file whole, byte by byte, at any depth', async () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, index) => 255 - index * 4);
    await harness().write('top.yaml', bytes);
    await harness().write('a/b/c/deep.yaml', new Uint8Array());
    await harness().write('a/other.txt', toBytes('no'));
    expect(await harness().folder.read((path) => path.endsWith('.yaml'), LIMITS)).toEqual([
      { path: 'a/b/c/deep.yaml', type: 'file', bytes: new Uint8Array() },
      { path: 'top.yaml', type: 'file', bytes },
    ]);
  });

  it('sorts by the whole path, not folder by folder', async () => {
    const paths = ['a/z', 'a-b', 'a.yaml', 'B', 'a/b/c', 'ä', 'aa', 'a/b.yaml'];
    for (const path of paths) await harness().write(path, toBytes(path));
    expect(await listPaths(harness())).toEqual([...paths].sort());
  });

  it('passes over folders named .git and node_modules at any depth, unasked', async () => {
    for (const path of ['.git/config', 'node_modules/x/y.yaml', 'a/.git/b', 'a/node_modules/c']) {
      await harness().write(path, toBytes('hidden'));
    }
    for (const path of ['.github/flow.yaml', 'node_modules.yaml', 'a/.gitignore']) {
      await harness().write(path, toBytes('shown'));
    }
    const asked: string[] = [];
    const wants = (path: string) => asked.push(path) > 0;
    const read = (await harness().folder.read(wants, LIMITS)).map(({ path }) => path);
    expect(read).toEqual(['.github/flow.yaml', 'a/.gitignore', 'node_modules.yaml']);
    expect(asked.sort()).toEqual(read);
  });

  it('reports a link without following it', async () => {
    await harness().link('a/link.yaml');
    await harness().link('unwanted');
    expect(await harness().folder.read((path) => path !== 'unwanted', LIMITS)).toEqual([
      { path: 'a/link.yaml', type: 'symlink', bytes: new Uint8Array() },
    ]);
  });

  it('reads again what changed and forgets what was removed', async () => {
    await harness().write('a', toBytes('one'));
    await harness().write('b', toBytes('one'));
    await harness().folder.read(everything, LIMITS);
    await harness().write('a', toBytes('two'));
    await harness().remove('b');
    expect(await harness().folder.read(everything, LIMITS)).toEqual([
      { path: 'a', type: 'file', bytes: toBytes('two') },
    ]);
  });

  it('throws P603 when there is no folder', async () => {
    await harness().removeFolder();
    const reading = harness().folder.read(everything, LIMITS);
    await expect(reading).rejects.toSatisfy((error) => isCodedError(error, 'P603'));
  });
}

function describeBounds(harness: GetHarness): void {
  it('cuts a file one byte beyond the limit, and none that is as large as the limit', async () => {
    for (const length of [63, 64, 65, 66, 40_000]) {
      await harness().write(`f${String(length).padStart(5, '0')}`, new Uint8Array(length).fill(7));
    }
    const read = await harness().folder.read(everything, LIMITS);
    expect(read.map(({ bytes }) => bytes.length)).toEqual([63, 64, 65, 65, 65]);
    const large = await harness().folder.read(everything, { maxEntries: 9, maxBytesEach: 39_999 });
    expect(large.at(-1)?.bytes).toEqual(new Uint8Array(40_000).fill(7));
  });

  it('throws P107 beyond the number of entries, links included, and counts wanted ones', async () => {
    await harness().write('a.yaml', toBytes('1'));
    await harness().write('b/c.yaml', toBytes('2'));
    await harness().link('d.yaml');
    await harness().write('e.txt', toBytes('unwanted'));
    const read = (maxEntries: number) =>
      harness().folder.read((path) => path.endsWith('.yaml'), { maxEntries, maxBytesEach: 64 });
    expect(await read(3)).toHaveLength(3);
    await expect(read(2)).rejects.toSatisfy((error) => isCodedError(error, 'P107'));
  });
}

function describeLaw(make: Make): void {
  const segment = fc.stringMatching(/^[a-zA-Z0-9._-]{1,6}$/).filter((name) => !/^\.+$/.test(name));
  const tree = fc.dictionary(segment, fc.uint8Array({ maxLength: 90 }), { maxKeys: 6 });

  it('gives back any tree sorted and cut, whatever was written', async () => {
    const law = fc.asyncProperty(tree, tree, async (top, below) => {
      const harness = await make();
      try {
        const files = new Map([
          ...Object.entries(top).map(([name, bytes]) => [`top-${name}`, bytes] as const),
          ...Object.entries(below).map(([name, bytes]) => [`below/x/${name}`, bytes] as const),
        ]);
        for (const [path, bytes] of files) await harness.write(path, bytes);
        const expected = [...files.keys()].sort().map((path) => ({
          path,
          type: 'file',
          bytes: files.get(path)?.slice(0, LIMITS.maxBytesEach + 1),
        }));
        expect(await harness.folder.read(everything, LIMITS)).toEqual(expected);
      } finally {
        await harness.close();
      }
    });
    await fc.assert(law, { numRuns: 25 });
  });
}
