import { afterEach, describe, expect, it } from 'vitest';
import type { PackFile, PolicyLibrary } from '../../reconciler/ports/policy-library.ts';

export type PolicyLibraryHarness = {
  readonly library: PolicyLibrary;
  readonly cleanUp: () => Promise<void>;
};

export type PolicyLibrarySubject = {
  readonly name: string;
  readonly create: (
    packs: Readonly<Record<string, readonly PackFile[]>>,
  ) => Promise<PolicyLibraryHarness>;
};

export const toPackFile = (path: string, text: string): PackFile => ({
  path,
  bytes: new TextEncoder().encode(text),
});

export function describePolicyLibrary(subject: PolicyLibrarySubject): void {
  describe(`policy library: ${subject.name}`, () => {
    const harnesses: PolicyLibraryHarness[] = [];
    const open = async (packs: Readonly<Record<string, readonly PackFile[]>>) => {
      const harness = await subject.create(packs);
      harnesses.push(harness);
      return harness.library;
    };
    afterEach(async () => {
      for (const harness of harnesses.splice(0)) await harness.cleanUp();
    });

    it('reads the YAML files of a pack, sorted, and nothing else', async () => {
      const files = ['b.yaml', 'a.yaml', 'a.test.yaml', 'c.yml'].map((path) =>
        toPackFile(path, `# ${path}`),
      );
      const others = [toPackFile('README.md', '# pack'), toPackFile('.hidden.yaml', 'x: 1')];
      const library = await open({ safety: [...files, ...others], other: [] });
      const read = await library.readPack('safety');
      expect(read.map(({ path }) => path)).toEqual(['a.test.yaml', 'a.yaml', 'b.yaml', 'c.yml']);
      expect(new TextDecoder().decode(read[1]?.bytes)).toBe('# a.yaml');
      expect(await library.readPack('other')).toEqual([]);
    });

    it.each(['missing', '', '.', '..', '../safety', 'a/b', '__proto__', 'constructor', 'Safety'])(
      'has no pack called %j',
      async (name) => {
        const library = await open({ safety: [] });
        await expect(library.readPack(name)).rejects.toMatchObject({ code: 'P304' });
      },
    );

    it('refuses a file that is too large', async () => {
      const library = await open({ safety: [toPackFile('a.yaml', ' '.repeat(256 * 1024 + 1))] });
      await expect(library.readPack('safety')).rejects.toMatchObject({ code: 'P304' });
    });

    it('refuses a pack with too many files', async () => {
      const files = Array.from({ length: 401 }, (_, index) => toPackFile(`p${index}.yaml`, ''));
      const library = await open({ safety: files });
      await expect(library.readPack('safety')).rejects.toMatchObject({ code: 'P304' });
    });
  });
}
