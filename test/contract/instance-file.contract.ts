import { describe, expect, it } from 'vitest';
import type { InstanceFile } from '../../reconciler/ports/instance-file.ts';

const GENESIS = 'a'.repeat(40);

export function describeInstanceFile(name: string, create: () => Promise<InstanceFile>): void {
  describe(`instance file: ${name}`, () => {
    it('is null before anything was initialised', async () => {
      expect(await (await create()).read()).toBeNull();
    });

    it('gives back what was written', async () => {
      const file = await create();
      await file.write({ version: 1, genesis: GENESIS });
      expect(await file.read()).toEqual({ version: 1, genesis: GENESIS });
    });

    it('replaces what was there', async () => {
      const file = await create();
      await file.write({ version: 1, genesis: GENESIS });
      await file.write({ version: 1, genesis: 'b'.repeat(40) });
      expect(await file.read()).toEqual({ version: 1, genesis: 'b'.repeat(40) });
    });
  });
}
