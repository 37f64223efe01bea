import { type RefKey, toRefTitle } from '../contracts/ref.ts';
import { toPrintable } from '../spec/printable.ts';
import type { DescribedGraph, DescribedNode } from './described-graph.ts';
import type { GraphView } from './graph-view.ts';
import type { Placement } from './placement.ts';
import { dependenciesOf, dependentsOf } from './resource-graph.ts';

/**
 * A repo may hold 20,000 resources in one chain: drawn to its end, each line would be longer than
 * the last, 800 MB in all. With these it is 10,000 lines of 100 characters before the title.
 */
const MAX_DEPTH = 32;
const MAX_LINES = 10_000;
const MAX_TEXT = 256;

type Drawing = {
  readonly graph: DescribedGraph;
  readonly childrenOf: (key: RefKey) => readonly RefKey[];
  readonly drawn: Set<RefKey>;
  readonly lines: string[];
  omitted: number;
};

/** What depends on what as a tree for a terminal, what stands on the rest first. */
export function renderGraphText(view: GraphView): string {
  const drawing = createDrawing(view);
  for (const root of listRoots(view)) {
    draw(drawing, root, { depth: 0, branch: '', indent: '' });
  }
  const held = [...view.graph.nodes.values()].filter((node) => node.state === 'held-back');
  if (held.length > 0) {
    addLine(drawing, () => `held back, and what they name is not known: ${held.length}`);
    for (const node of held) addLine(drawing, () => `  ${toLine(node)}`);
  }
  if (drawing.omitted > 0) {
    drawing.lines.push(`… and ${drawing.omitted} lines more: name a resource, or ask for json`);
  }
  if (view.kind === 'dependents') drawing.lines.push(countDependents(view.ways.size));
  return drawing.lines.map((line) => `${line}\n`).join('');
}

function createDrawing(view: GraphView): Drawing {
  const childrenOf = (key: RefKey) => [...new Set(listChildren(view, key))];
  return { graph: view.graph, childrenOf, drawn: new Set(), lines: [], omitted: 0 };
}

/** A dependent stands where its shortest way leads, and so in one place: lines can be counted. */
function listChildren(view: GraphView, key: RefKey): readonly RefKey[] {
  if (view.kind !== 'dependents') return dependenciesOf(view.graph, key).map(({ toKey }) => toKey);
  return dependentsOf(view.graph, key)
    .map(({ from }) => from)
    .filter((from) => view.ways.get(from)?.toKey === key);
}

function listRoots(view: GraphView): readonly RefKey[] {
  if (view.kind !== 'whole') return [view.of];
  return [...view.graph.nodes]
    .filter(([key, node]) => node.state === 'valid' && dependentsOf(view.graph, key).length === 0)
    .map(([key]) => key)
    .sort();
}

type Place = { readonly depth: number; readonly branch: string; readonly indent: string };

/** What was drawn once is only mentioned again: the ways through a repo double with each level. */
function draw(drawing: Drawing, key: RefKey, { depth, branch, indent }: Place): void {
  const node = drawing.graph.nodes.get(key) as DescribedNode;
  if (drawing.drawn.has(key)) {
    addLine(drawing, () => `${branch}${toRefText(node)} (see above)`);
    return;
  }
  const children = drawing.childrenOf(key);
  if (children.length > 0 && depth >= MAX_DEPTH) {
    addLine(drawing, () => `${branch}${toLine(node)}  (… goes on)`);
    return;
  }
  addLine(drawing, () => `${branch}${toLine(node)}`);
  drawing.drawn.add(key);
  for (const [index, child] of children.entries()) {
    const isLast = index === children.length - 1;
    draw(drawing, child, {
      depth: depth + 1,
      branch: `${indent}${isLast ? '└─ ' : '├─ '}`,
      indent: `${indent}${isLast ? '   ' : '│  '}`,
    });
  }
}

function addLine(drawing: Drawing, toText: () => string): void {
  if (drawing.lines.length < MAX_LINES) drawing.lines.push(toText());
  else drawing.omitted += 1;
}

function toLine(node: DescribedNode): string {
  const tail =
    node.state === 'valid'
      ? `${toPrintable(node.location.path, MAX_TEXT)}:${node.location.line}`
      : toPrintable(node.why, MAX_TEXT);
  return `${toRefText(node)} (${toPlaceText(node.placement)})  ${tail}`;
}

function toRefText({ ref }: DescribedNode): string {
  return toPrintable(toRefTitle(ref), MAX_TEXT);
}

function toPlaceText(placement: Placement): string {
  if (placement.state === 'zone') return toPrintable(placement.zone, MAX_TEXT);
  return placement.state === 'everywhere' ? 'every zone' : 'unclear zone';
}

function countDependents(count: number): string {
  if (count === 0) return 'nothing depends on it';
  return count === 1 ? '1 resource depends on it' : `${count} resources depend on it`;
}
