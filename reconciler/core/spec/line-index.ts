/** Line and column, both from 1; columns count UTF-16 units, as editors do. */
export type Position = readonly [line: number, column: number];

export type LineIndex = { readonly starts: readonly number[] };

export function createLineIndex(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { starts };
}

export function toPosition({ starts }: LineIndex, offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return [low + 1, Math.max(0, offset - (starts[low] as number)) + 1];
}
