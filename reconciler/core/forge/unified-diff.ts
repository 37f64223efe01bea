import { diffLines, type LineEdit } from './line-diff.ts';

const CONTEXT_LINES = 3;

export type FileDiff = {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Null for a file that is no text or too large to be shown. */
  readonly lines: { readonly added: number; readonly removed: number } | null;
  /** As `git diff` writes it; empty where lines are not shown. */
  readonly patch: string;
};

export type FileVersions = {
  readonly path: string;
  /** Null when there was none. */
  readonly before: string | null;
  readonly after: string | null;
};

/** Both versions as text; whoever reads files decides what is text. */
export function diffFile({ path, before, after }: FileVersions): FileDiff {
  const edits = diffLines(splitLines(before ?? ''), splitLines(after ?? ''));
  const added = edits.filter(({ type }) => type === 'add').length;
  const removed = edits.filter(({ type }) => type === 'remove').length;
  const change = toChange(before, after);
  const hunks = toHunks(edits).join('');
  const patch = `${toHead(path, change, hunks !== '')}${hunks}`;
  return { path, change, lines: { added, removed }, patch };
}

export function toOpaqueDiff(path: string, change: FileDiff['change']): FileDiff {
  return { path, change, lines: null, patch: '' };
}

function toChange(before: string | null, after: string | null): FileDiff['change'] {
  if (before === null) return 'added';
  return after === null ? 'removed' : 'changed';
}

function toHead(path: string, change: FileDiff['change'], hasLines: boolean): string {
  const mode = { added: 'new file mode 100644\n', removed: 'deleted file mode 100644\n' };
  const lines = [
    `diff --git a/${path} b/${path}\n`,
    change === 'changed' ? '' : mode[change],
    hasLines ? `--- ${change === 'added' ? '/dev/null' : `a/${path}`}\n` : '',
    hasLines ? `+++ ${change === 'removed' ? '/dev/null' : `b/${path}`}\n` : '',
  ];
  return lines.join('');
}

/** Each line keeps its end, so that a last line without one differs from one with it. */
function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function toHunks(edits: readonly LineEdit[]): readonly string[] {
  const hunks: string[] = [];
  let before = 1;
  let after = 1;
  let at = 0;
  for (const { start, end } of findRanges(edits)) {
    for (; at < start; at += 1) {
      before += 1;
      after += 1;
    }
    const part = edits.slice(start, end);
    const old = part.filter(({ type }) => type !== 'add').length;
    const fresh = part.filter(({ type }) => type !== 'remove').length;
    const head = `@@ -${toRange(before, old)} +${toRange(after, fresh)} @@\n`;
    hunks.push(head + part.map(toLine).join(''));
    before += old;
    after += fresh;
    at = end;
  }
  return hunks;
}

/** Places of changes with the lines around them; those that touch are one. */
function findRanges(
  edits: readonly LineEdit[],
): readonly { readonly start: number; readonly end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  edits.forEach(({ type }, index) => {
    if (type === 'keep') return;
    const start = Math.max(0, index - CONTEXT_LINES);
    const end = Math.min(edits.length, index + CONTEXT_LINES + 1);
    const last = ranges.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else ranges.push({ start, end });
  });
  return ranges;
}

/** A range of no lines is named by the line before it. */
function toRange(start: number, count: number): string {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
}

const SIGNS = { keep: ' ', remove: '-', add: '+' } as const;

function toLine({ type, text }: LineEdit): string {
  const line = `${SIGNS[type]}${text}`;
  return text.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`;
}
