/** A line that both have, that only the old text has, or only the new one. */
export type LineEdit = {
  readonly type: 'keep' | 'remove' | 'add';
  readonly text: string;
};

/**
 * Beyond so many edits nobody reads a diff line by line, and finding the shortest would cost the
 * square of their number: the differing middle is shown as removed and added.
 */
const MAX_EDITS = 1_000;

/** The shortest way from one list of lines to the other (Myers, 1986). */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): readonly LineEdit[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) {
    start += 1;
  }
  let same = 0;
  const shortest = Math.min(before.length, after.length) - start;
  while (same < shortest && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  const middle = diffMiddle(
    before.slice(start, before.length - same),
    after.slice(start, after.length - same),
  );
  return [
    ...before.slice(0, start).map(toKept),
    ...middle,
    ...before.slice(before.length - same).map(toKept),
  ];
}

function toKept(text: string): LineEdit {
  return { type: 'keep', text };
}

function diffMiddle(before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  const traces = before.length === 0 || after.length === 0 ? null : findTraces(before, after);
  if (traces !== null) return walkBack(before, after, traces);
  return [
    ...before.map((text): LineEdit => ({ type: 'remove', text })),
    ...after.map((text): LineEdit => ({ type: 'add', text })),
  ];
}

/** For each number of edits how far each diagonal reaches; null when too many are needed. */
function findTraces(
  before: readonly string[],
  after: readonly string[],
): readonly Int32Array[] | null {
  const limit = Math.min(before.length + after.length, MAX_EDITS);
  const traces: Int32Array[] = [];
  let reached = new Int32Array(3);
  for (let edits = 0; edits <= limit; edits += 1) {
    // One diagonal to each side more than there are edits, so that neighbours can be asked.
    const next = new Int32Array(2 * edits + 5);
    const center = edits + 2;
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = edits === 0 ? 0 : step(reached, edits, diagonal);
      let y = x - diagonal;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x += 1;
        y += 1;
      }
      next[center + diagonal] = x;
      if (x >= before.length && y >= after.length) return [...traces, next];
    }
    traces.push(next);
    reached = next;
  }
  return null;
}

/** The farther of coming from above, by an added line, and from the left, by a removed one. */
function step(reached: Int32Array, edits: number, diagonal: number): number {
  const center = edits + 1;
  const above = reached[center + diagonal + 1] ?? 0;
  const left = reached[center + diagonal - 1] ?? 0;
  return isFromAbove(above, left, edits, diagonal) ? above : left + 1;
}

function isFromAbove(above: number, left: number, edits: number, diagonal: number): boolean {
  return diagonal === -edits || (diagonal !== edits && left < above);
}

function walkBack(
  before: readonly string[],
  after: readonly string[],
  traces: readonly Int32Array[],
): readonly LineEdit[] {
  const edits: LineEdit[] = [];
  let x = before.length;
  let y = after.length;
  for (let count = traces.length - 1; count > 0; count -= 1) {
    const reached = traces[count - 1] as Int32Array;
    const center = count + 1;
    const diagonal = x - y;
    const above = reached[center + diagonal + 1] ?? 0;
    const left = reached[center + diagonal - 1] ?? 0;
    const isAdded = isFromAbove(above, left, count, diagonal);
    const fromX = isAdded ? above : left;
    const fromY = fromX - (isAdded ? diagonal + 1 : diagonal - 1);
    const endX = isAdded ? fromX : fromX + 1;
    for (; x > endX; x -= 1, y -= 1) edits.push(toKept(before[x - 1] as string));
    if (isAdded) edits.push({ type: 'add', text: after[fromY] as string });
    else edits.push({ type: 'remove', text: before[fromX] as string });
    x = fromX;
    y = fromY;
  }
  for (; x > 0; x -= 1) edits.push(toKept(before[x - 1] as string));
  return edits.reverse();
}
