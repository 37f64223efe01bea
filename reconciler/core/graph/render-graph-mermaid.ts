import { compareText } from '../contracts/compare-text.ts';
import { type RefKey, toRefTitle } from '../contracts/ref.ts';
import { toPrintable } from '../spec/printable.ts';
import {
  type DescribedGraph,
  type DescribedNode,
  keepNodes,
  listEdges,
} from './described-graph.ts';
import type { Placement } from './placement.ts';

/**
 * Mermaid draws 500 arrows and reads 50,000 characters unless its page says otherwise. 250 nodes
 * with the longest names are 40,000, and 500 arrows are 10,000.
 */
const MAX_NODES = 250;
const MAX_ARROWS = 500;
const MAX_LABEL = 200;

/** A flowchart with one box for each zone; an arrow leads from a resource to what it names. */
export function renderGraphMermaid(whole: DescribedGraph): string {
  const kept = [...whole.nodes.keys()].slice(0, MAX_NODES);
  const graph = keepNodes(whole, new Set(kept));
  const ids = new Map(kept.map((key, index) => [key, `n${index}`]));
  const arrows = [
    ...new Set(listEdges(graph).map((one) => `  ${ids.get(one.from)} --> ${ids.get(one.toKey)}`)),
  ];
  const hasHeld = [...graph.nodes.values()].some(({ state }) => state === 'held-back');
  const lines = [
    'flowchart LR',
    ...listBoxes(graph, ids),
    ...arrows.slice(0, MAX_ARROWS),
    ...describeRest(whole.nodes.size - kept.length, arrows.length - MAX_ARROWS),
    ...(hasHeld ? ['  classDef held stroke-dasharray: 4 4'] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function listBoxes(graph: DescribedGraph, ids: ReadonlyMap<RefKey, string>): readonly string[] {
  const boxes = new Map<string, string[]>();
  for (const [key, node] of graph.nodes) {
    const title = toBoxTitle(node.placement);
    const lines = boxes.get(title) ?? [];
    lines.push(`    ${ids.get(key)}["${toLabel(toRefTitle(node.ref))}"]${toStyle(node)}`);
    boxes.set(title, lines);
  }
  return [...boxes]
    .sort(([left], [right]) => compareText(left, right))
    .flatMap(([title, lines], index) => [
      `  subgraph z${index}["${toLabel(title)}"]`,
      ...lines,
      '  end',
    ]);
}

function toBoxTitle(placement: Placement): string {
  if (placement.state === 'zone') return `zone ${placement.zone}`;
  return placement.state === 'everywhere' ? 'every zone' : 'unclear zone';
}

function toStyle({ state }: DescribedNode): string {
  return state === 'held-back' ? ':::held' : '';
}

function describeRest(nodes: number, arrows: number): readonly string[] {
  const parts = [
    ...(nodes > 0 ? [`${nodes} resources`] : []),
    ...(arrows > 0 ? [`${arrows} arrows`] : []),
  ];
  return parts.length === 0 ? [] : [`  more["and ${parts.join(' and ')} more"]`];
}

/**
 * A name for a label between quotes. All but letters, digits and four marks is written by number,
 * so that no name can close the quotes, begin another statement, or become HTML or Markdown.
 */
function toLabel(text: string): string {
  return toPrintable(text, MAX_LABEL).replace(
    /[^\p{L}\p{N} ./_-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
