import type { Rule } from '../tree.ts';

const PAGE = 'CONTRIBUTING.md';
const HEADING = '## Where is it?';
const QUESTIONS_MIN = 10;

/** The rule `named-paths` sees to it that the answers exist; this one that they are given. */
export const newcomerQuestions: Rule = {
  name: 'newcomer-questions',
  check: (tree) => {
    const lines = tree.byPath.get(PAGE)?.text.split('\n') ?? [];
    const start = lines.indexOf(HEADING);
    const end = lines.findIndex((text, index) => index > start && text.startsWith('## '));
    const section = start < 0 ? [] : lines.slice(start, end < 0 ? undefined : end);
    const answered = section.filter((text) =>
      /^\| [^|]+\? +\| [^|]*`[^`]+\/[^`]*`[^|]* \|$/.test(text),
    );
    if (answered.length >= QUESTIONS_MIN) return [];
    const message = `${answered.length} questions are answered by a path below "${HEADING}", at least ${QUESTIONS_MIN}`;
    return [{ path: PAGE, line: Math.max(start, 0) + 1, message }];
  },
};
