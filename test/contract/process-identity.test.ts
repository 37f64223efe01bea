import { describe, expect, it } from 'vitest';
import {
  createSystemProcessIdentity,
  parseProcStat,
} from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { describeProcessIdentity } from './process-identity.contract.ts';

describeProcessIdentity({ name: 'system', create: createSystemProcessIdentity });

describe('the stat line of a process', () => {
  const rest = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21';

  it('is read by counting from the end of the name, which may hold anything', () => {
    for (const name of ['node', 'a b', ') S 1 2', '((', '']) {
      expect(parseProcStat(`42 (${name}) S ${rest}`)).toEqual({ state: 'S', startTicks: '4711' });
    }
  });

  it('is refused when it is not one', () => {
    for (const text of ['', '42', '42 (node)', '42 (node) S 1 2 3']) {
      expect(parseProcStat(text), text).toBeNull();
    }
  });
});
