import { describe, expect, it } from 'vitest';
import { createHolders } from '../../../reconciler/engine/holder.ts';

const running = new Map([[7, 'linux:boot-1:100']]);
const identity = { readIdentity: async (pid: number) => running.get(pid) ?? null };
const holders = createHolders({ host: 'laptop', identity });

describe('the holder of a lease', () => {
  it('is not dead while its process runs', async () => {
    expect(await holders.isDead(await holders.nameSelf(7, 'a'))).toBe(false);
  });

  it('is dead when no process has its number', async () => {
    expect(await holders.isDead('laptop|8|linux:boot-1:50|a')).toBe(true);
  });

  it('is dead when another process has its number now', async () => {
    expect(await holders.isDead('laptop|7|linux:boot-1:50|a')).toBe(true);
  });

  it.each(['server|8|linux:boot-1:50|a', 'laptop|x|y|z', 'laptop|8||a', 'somebody', 'a|b|c|d|e'])(
    'is not known to be dead when it is %s',
    async (holder) => {
      expect(await holders.isDead(holder)).toBe(false);
    },
  );
});
