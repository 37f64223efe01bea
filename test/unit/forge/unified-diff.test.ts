import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../reconciler/core/forge/line-diff.ts';
import { diffFile } from '../../../reconciler/core/forge/unified-diff.ts';

const anyLines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });
const anyText = fc
  .tuple(anyLines, fc.boolean())
  .map(([lines, hasEnd]) => lines.join('\n') + (hasEnd && lines.length > 0 ? '\n' : ''));

function longestCommon(left: readonly string[], right: readonly string[]): number {
  let row = new Array<number>(right.length + 1).fill(0);
  for (const line of left) {
    const next = [0];
    right.forEach((other, at) => {
      const best = Math.max(next[at] ?? 0, row[at + 1] ?? 0);
      next.push(line === other ? (row[at] ?? 0) + 1 : best);
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** What `patch` would do, hunk by hunk. */
function applyPatch(before: string, patch: string): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  for (const hunk of patch.split(/^@@ /m).slice(1)) {
    const [head = '', ...lines] = hunk.split('\n');
    const [, start = '', count = '1'] = /^-(\d+)(?:,(\d+))?/.exec(head) ?? [];
    const first = Number(start) - (count === '0' ? 0 : 1);
    out.push(...old.slice(at, first));
    at = first;
    lines.pop();
    lines.forEach((line, index) => {
      const isLast = lines[index + 1]?.startsWith('\\') === true;
      const text = line.slice(1) + (isLast ? '' : '\n');
      if (line.startsWith(' ') || line.startsWith('-')) {
        expect(old[at]).toBe(text);
        at += 1;
      }
      if (line.startsWith(' ') || line.startsWith('+')) out.push(text);
    });
  }
  return [...out, ...old.slice(at)].join('');
}

describe('a diff of lines', () => {
  it('leads from one text to the other by as few edits as there are', () => {
    fc.assert(
      fc.property(anyLines, anyLines, (before, after) => {
        const edits = diffLines(before, after);
        const texts = (...types: readonly string[]) =>
          edits.filter(({ type }) => types.includes(type)).map(({ text }) => text);
        expect(texts('keep', 'remove')).toEqual(before);
        expect(texts('keep', 'add')).toEqual(after);
        expect(texts('keep')).toHaveLength(longestCommon(before, after));
      }),
      { numRuns: 500 },
    );
  });

  it('gives up looking for the shortest way between texts that have nothing in common', () => {
    const before = Array.from({ length: 20_000 }, (_, index) => `old ${index}`);
    const after = Array.from({ length: 20_000 }, (_, index) => `new ${index}`);
    const edits = diffLines(['same', ...before], ['same', ...after]);
    expect(edits).toHaveLength(40_001);
    expect(edits[0]).toEqual({ type: 'keep', text: 'same' });
  });
});

describe('a unified diff', () => {
  it('can be applied', () => {
    fc.assert(
      fc.property(anyText, anyText, (before, after) => {
        const { patch, lines } = diffFile({ path: 'a', before, after });
        expect(applyPatch(before, patch)).toBe(after);
        expect(patch.match(/^\+(?!\+\+ )/gm)?.length ?? 0).toBe(lines?.added);
        expect(patch.match(/^-(?!-- )/gm)?.length ?? 0).toBe(lines?.removed);
      }),
      { numRuns: 500 },
    );
  });

  it('shows three lines around a change, and joins what is near', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `${index + 1}\n`);
    const after = lines.map((line) => (['5\n', '9\n', '25\n'].includes(line) ? `x${line}` : line));
    const { patch } = diffFile({ path: 'f', before: lines.join(''), after: after.join('') });
    expect(patch.match(/^@@.*$/gm)).toEqual(['@@ -2,11 +2,11 @@', '@@ -22,7 +22,7 @@']);
  });

  it('is what Git writes for new, removed and unended files', () => {
    expect(diffFile({ path: 'a', before: null, after: 'x' })).toEqual({
      path: 'a',
      change: 'added',
      lines: { added: 1, removed: 0 },
      patch: [
        'diff --git a/a b/a',
        'new file mode 100644',
        '--- /dev/null',
        '+++ b/a',
        '@@ -0,0 +1 @@',
        '+x',
        '\\ No newline at end of file',
        '',
      ].join('\n'),
    });
    expect(diffFile({ path: 'a', before: 'x\ny\n', after: null }).patch).toContain(
      '+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\n-y\n',
    );
    expect(diffFile({ path: 'a', before: null, after: '' }).patch).toBe(
      'diff --git a/a b/a\nnew file mode 100644\n',
    );
  });
});
