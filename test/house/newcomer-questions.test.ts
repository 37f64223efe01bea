import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { newcomerQuestions } from './rules/newcomer-questions.ts';

const page = (rows: number) =>
  `# A\n\n## Where is it?\n\n${'| Where is it? | in `core/plan` |\n'.repeat(rows)}\n## Next\n`;

describe('the questions of a newcomer', () => {
  it('are ten, each answered by a path', () => {
    expect(checkFiles(newcomerQuestions, { 'CONTRIBUTING.md': page(10) })).toEqual([]);
  });

  it.each([
    ['nine', page(9)],
    ['a page without them', '# A\n'],
    ['answers without a path', page(10).replaceAll('`core/plan`', 'the plan')],
    ['rows in another section', page(0) + '| Where? | `core/plan` |\n'.repeat(10)],
  ])('refuses %s', (_, text) => {
    expect(checkFiles(newcomerQuestions, { 'CONTRIBUTING.md': text })).toHaveLength(1);
  });
});
