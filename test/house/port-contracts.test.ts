import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { portContracts } from './rules/port-contracts.ts';

const GOOD = {
  'reconciler/ports/clock.ts': '',
  'reconciler/adapters/clock/system/clock.ts': '',
  'test/contract/clock.contract.ts': '',
  'test/contract/clock.test.ts': `import '../../reconciler/adapters/clock/system/clock.ts';\n`,
};

describe('contracts of ports', () => {
  it('accepts a port with a suite that runs on its adapter', () => {
    expect(checkFiles(portContracts, GOOD)).toEqual([]);
  });

  it('finds an adapter through the files that prepare a test', () => {
    const files = {
      ...GOOD,
      'test/contract/clock.test.ts': `import { clocks } from '../support/clocks.ts';\n`,
      'test/support/clocks.ts': GOOD['test/contract/clock.test.ts'],
    };
    expect(checkFiles(portContracts, files)).toEqual([]);
  });

  it('refuses a port without a suite', () => {
    const files = { ...GOOD, 'reconciler/ports/forge.ts': '' };
    expect(checkFiles(portContracts, files).join()).toContain('forge.contract.ts is missing');
  });

  it('refuses an adapter that its suite does not know', () => {
    const files = { ...GOOD, 'reconciler/adapters/clock/simulated/clock.ts': '' };
    expect(checkFiles(portContracts, files).join()).toContain('in test/contract/clock.test.ts');
  });

  it('refuses an adapter of no port', () => {
    const files = { ...GOOD, 'reconciler/adapters/forge/github/forge.ts': '' };
    expect(checkFiles(portContracts, files).join()).toContain('there is no port');
  });
});
