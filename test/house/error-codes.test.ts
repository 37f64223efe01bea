import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { errorCodes } from './rules/error-codes.ts';

const CODES = 'reconciler/core/contracts/error-codes.ts';
const PAGE = 'spec-schemas/errors.md';
const GOOD = {
  [CODES]: `export const ERROR_CODES = {\n  P101: 'not UTF-8 text',\n  P602: 'missing',\n} as const;\n`,
  [PAGE]: '# Errors\n\n| P101 | not UTF-8 text | a | b |\n| P602 | missing | a | b |\n',
  'reconciler/core/spec/decode.ts': `export const code = 'P101';\n`,
  'reconciler/cli/bootstrap.mjs': 'process.stderr.write(`P602 git`);\n',
};

describe('error codes', () => {
  it('accepts a list and a table that say the same', () => {
    expect(checkFiles(errorCodes, GOOD)).toEqual([]);
  });

  it.each([
    ['a missing row', { [PAGE]: '# Errors\n\n| P101 | not UTF-8 text | a | b |\n' }, 'P602 needs'],
    ['a row too many', { [PAGE]: `${GOOD[PAGE]}| P999 | odd | a | b |\n` }, 'P999 is not in'],
    ['a row twice', { [PAGE]: `${GOOD[PAGE]}| P602 | missing | a | b |\n` }, 'exactly one row'],
    [
      'another title',
      { [PAGE]: GOOD[PAGE].replace('missing', 'absent') },
      'with the title "missing"',
    ],
    ['a row without advice', { [PAGE]: `${GOOD[PAGE]}| P603 | odd |\n` }, 'four cells'],
    [
      'a code that nothing raises',
      { 'reconciler/core/spec/decode.ts': '' },
      'P101 is used nowhere',
    ],
    ['an unknown code in set-up', { 'reconciler/cli/plumb.mjs': '`P699 no`;\n' }, 'P699 is not in'],
  ])('refuses %s', (_, change, message) => {
    expect(checkFiles(errorCodes, { ...GOOD, ...change }).join()).toContain(message);
  });

  it('refuses rows out of order', () => {
    const rows = '# Errors\n\n| P602 | missing | a | b |\n| P101 | not UTF-8 text | a | b |\n';
    expect(checkFiles(errorCodes, { ...GOOD, [PAGE]: rows }).join()).toContain('out of order');
  });
});
