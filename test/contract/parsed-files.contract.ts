import { describe, expect, it } from 'vitest';
import { parseFile } from '../../reconciler/core/spec/parse-file.ts';
import type { ParsedFiles } from '../../reconciler/ports/parsed-files.ts';

export const toParsed = (name: string) =>
  parseFile(
    Buffer.from(
      `apiVersion: plumbline.dev/v1alpha1\nkind: Zone\nmetadata: {name: ${name}}\nspec: {jurisdiction: AE, description: "–\\n\\u2028"}\n`,
    ),
  );

export const toOid = (digit: string) => digit.repeat(40);

/** `reopen` is what a restart sees. */
export function describeParsedFiles(
  name: string,
  create: () => Promise<{ readonly open: () => ParsedFiles }>,
): void {
  describe(`parsed files: ${name}`, () => {
    it('are none at first', async () => {
      const { open } = await create();
      expect([...(await open().load())]).toEqual([]);
    });

    it('are there after a restart as they were added, bit by bit', async () => {
      const { open } = await create();
      const files = open();
      await files.add(new Map([[toOid('a'), toParsed('a')]]));
      await files.add(new Map([[toOid('b'), toParsed('b')]]));
      await open().add(new Map([[toOid('c'), parseFile(Buffer.from('plumbline.dev: ['))]]));
      const loaded = await open().load();
      expect([...loaded.keys()].sort()).toEqual(['a', 'b', 'c'].map(toOid));
      expect(loaded.get(toOid('a'))).toEqual(toParsed('a'));
      expect(loaded.get(toOid('c'))?.diagnostics).toHaveLength(1);
    });

    it('keep what was first said of an oid', async () => {
      const { open } = await create();
      await open().add(new Map([[toOid('a'), toParsed('first')]]));
      await open().add(new Map([[toOid('a'), toParsed('second')]]));
      expect((await open().load()).get(toOid('a'))).toEqual(toParsed('first'));
    });

    it('survive two who add at once', async () => {
      const { open } = await create();
      const [one, other] = [open(), open()];
      await one.add(new Map());
      await Promise.all(
        ['1', '2', '3', '4', '5', '6'].map((digit, index) =>
          (index % 2 === 0 ? one : other).add(new Map([[toOid(digit), toParsed(`z${digit}`)]])),
        ),
      );
      expect((await open().load()).size).toBe(6);
    });
  });
}
