import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { decisions } from './rules/decisions.ts';

const page = (title: string) => `# ${title}\n\n## Context\n\n## Decision\n\n## Consequence\n`;

describe('decisions', () => {
  it('accepts numbers in a row', () => {
    const files = {
      'reconciler/decisions/0001-the-house.md': page('The house'),
      'reconciler/decisions/0002-the-ledger.md': page('The ledger'),
    };
    expect(checkFiles(decisions, files)).toEqual([]);
  });

  it('refuses a gap, a number used twice, and a page without its sections', () => {
    const gap = { 'reconciler/decisions/0002-the-ledger.md': page('The ledger') };
    expect(checkFiles(decisions, gap).join()).toContain('expected number 0001');
    const twice = {
      'reconciler/decisions/0001-a.md': page('A'),
      'reconciler/decisions/0001-b.md': page('B'),
    };
    expect(checkFiles(decisions, twice).join()).toContain('expected number 0002');
    const empty = { 'reconciler/decisions/0001-a.md': '# A\n' };
    expect(checkFiles(decisions, empty)).toHaveLength(3);
  });
});
