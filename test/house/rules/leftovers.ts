import { findInLines, isGenerated, type Rule } from '../tree.ts';

/** Spelled in halves, so that this file does not find itself. */
const MARKS = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['X', 'XX'],
  ['HA', 'CK'],
].map((half) => half.join(''));
const PATTERN = new RegExp(`\\b(${MARKS.join('|')})\\b`);

export const leftovers: Rule = {
  name: 'leftovers',
  check: (tree) =>
    tree.files
      .filter((file) => !isGenerated(file.path))
      .flatMap((file) =>
        findInLines(file, PATTERN, ([mark]) => `${mark}: do it now, or leave it out`),
      ),
};
