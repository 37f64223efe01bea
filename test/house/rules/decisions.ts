import type { Finding, Rule } from '../tree.ts';

const SECTIONS = ['## Context', '## Decision', '## Consequence'];

/** Decisions are never removed, only superseded, so their numbers have no gaps. */
export const decisions: Rule = {
  name: 'decisions',
  check: (tree) => {
    const pages = tree.files
      .filter(({ path }) => path.startsWith('reconciler/decisions/'))
      .toSorted((left, right) => (left.path < right.path ? -1 : 1));
    return pages.flatMap(({ path, text }, index): readonly Finding[] => {
      const number = String(index + 1).padStart(4, '0');
      const expected = new RegExp(`^reconciler/decisions/${number}-[a-z0-9-]+\\.md$`);
      const missing = SECTIONS.filter((section) => !text.split('\n').includes(section));
      return [
        ...(expected.test(path) ? [] : [{ path, line: 1, message: `expected number ${number}` }]),
        ...missing.map((section) => ({ path, line: 1, message: `needs the heading "${section}"` })),
      ];
    });
  },
};
