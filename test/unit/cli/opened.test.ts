import { describe, expect, it } from 'vitest';
import { createOpened } from '../../../reconciler/cli/opened.ts';

describe('what was opened', () => {
  it('is closed in the opposite order, once, also when one of it cannot be', async () => {
    const closed: string[] = [];
    const opened = createOpened();
    opened.add(async () => void closed.push('database'));
    opened.add(async () => {
      throw new Error('the repository does not close');
    });
    opened.add(async () => void closed.push('server'));
    await expect(opened.closeAll()).rejects.toThrow('the repository does not close');
    expect(closed).toEqual(['server', 'database']);
    await opened.closeAll();
    expect(closed).toHaveLength(2);
  });
});
