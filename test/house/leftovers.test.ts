import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { leftovers } from './rules/leftovers.ts';

/** Spelled in halves, so that this file keeps the rule. */
const MARKS = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['X', 'XX'],
].map((halves) => halves.join(''));

describe('leftovers', () => {
  it.each(MARKS)('refuses %s in code, in pages and in data', (mark) => {
    const files = {
      'reconciler/a.ts': `// ${mark}: later\n`,
      'README.md': `# A\n\n${mark} write this\n`,
      'policies/a.yaml': `# ${mark}(you)\n`,
    };
    expect(checkFiles(leftovers, files)).toHaveLength(3);
  });

  it('accepts words that only contain one', () => {
    const mark = MARKS[0] ?? '';
    expect(checkFiles(leftovers, { 'reconciler/a.ts': `const ${mark}S = 1;\n` })).toEqual([]);
  });
});
