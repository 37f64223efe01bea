import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RefKey, toRefKey, toRefTitle } from '../../../reconciler/core/contracts/ref.ts';
import {
  type DescribedGraph,
  type DescribedNode,
  describeGraph,
  listEdges,
} from '../../../reconciler/core/graph/described-graph.ts';
import {
  type GraphView,
  listDependents,
  viewDependencies,
  viewDependents,
} from '../../../reconciler/core/graph/graph-view.ts';
import { renderGraphJson } from '../../../reconciler/core/graph/render-graph-json.ts';
import { renderGraphMermaid } from '../../../reconciler/core/graph/render-graph-mermaid.ts';
import { renderGraphText } from '../../../reconciler/core/graph/render-graph-text.ts';
import type { Edge } from '../../../reconciler/core/graph/resource-graph.ts';
import type { SourceLocation } from '../../../reconciler/core/spec/diagnostic.ts';
import { toPrintable } from '../../../reconciler/core/spec/printable.ts';
import { anyDocuments, anyLayout, toFiles } from './arbitrary-repo.ts';
import { type Files, judge } from './small-repo.ts';

const RUNS = { numRuns: 60 };

function renderAll(view: GraphView): readonly string[] {
  return [
    renderGraphText(view),
    renderGraphMermaid(view.graph),
    JSON.stringify(renderGraphJson(view)),
  ];
}

/** The whole graph, and both views of each resource, in each format. */
function renderEverything(graph: DescribedGraph): readonly string[] {
  const keys = [...graph.nodes.keys()];
  const views = keys.flatMap((key) => [viewDependencies(graph, key), viewDependents(graph, key)]);
  return [{ kind: 'whole', graph } as const, ...views].flatMap(renderAll);
}

describe('the graph of a repo', () => {
  it('is drawn the same for every order of its files, and of what was judged', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, (documents, layout) => {
        const files = Object.entries(toFiles(documents, layout));
        const judgement = judge(Object.fromEntries(files) as Files);
        const drawn = renderEverything(describeGraph(judgement));
        const other = judge(Object.fromEntries([...files].reverse()) as Files);
        expect(renderEverything(describeGraph(other))).toEqual(drawn);
        const valid = [...judgement.valid].reverse();
        const heldBack = [...judgement.heldBack].reverse();
        expect(renderEverything(describeGraph({ valid, heldBack }))).toEqual(drawn);
      }),
      RUNS,
    );
  });

  it('has every resource once, each after what it names', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, (documents, layout) => {
        const judgement = judge(toFiles(documents, layout));
        const graph = describeGraph(judgement);
        const keys = [...graph.nodes.keys()];
        const judged = [...judgement.valid, ...judgement.heldBack].map(({ ref }) => toRefKey(ref));
        expect([...keys].sort()).toEqual([...judged].sort());
        const at = new Map(keys.map((key, index) => [key, index]));
        for (const { from, toKey } of listEdges(graph)) {
          expect(at.get(toKey)).toBeLessThan(at.get(from) as number);
        }
      }),
      RUNS,
    );
  });
});

type Arrow = readonly [from: number, to: number];

const PLACE: SourceLocation = { path: 'x.yaml', line: 1, column: 1 };

/** A graph of nodes called by `names`, in the order of what depends on what. */
function toGraph(names: readonly string[], arrows: readonly Arrow[]): DescribedGraph {
  const refs = names.map((name) => ({ kind: 'Target', namespace: 'platform', name }));
  const keys = refs.map(toRefKey);
  const nodes = new Map<RefKey, DescribedNode>();
  const dependencies = new Map<RefKey, Edge[]>();
  const dependents = new Map<RefKey, Edge[]>();
  for (const [index, ref] of refs.entries()) {
    const placement = { state: 'zone', zone: names.at(-index - 1) as string } as const;
    nodes.set(keys[index] as RefKey, { ref, placement, state: 'valid', location: PLACE });
  }
  for (const [left, right] of arrows) {
    const [from, toKey] = [keys[left] as RefKey, keys[right] as RefKey];
    const edge = {
      from,
      toKey,
      to: refs[right] as Edge['to'],
      pointer: '/spec/a',
      sameZone: false,
      places: false,
      flow: null,
      outflow: null,
    };
    dependencies.set(from, [...(dependencies.get(from) ?? []), edge]);
    dependents.set(toKey, [...(dependents.get(toKey) ?? []), edge]);
  }
  return { nodes, dependencies, dependents };
}

const SIZE = 12;

const anyArrows = fc.array(
  fc
    .tuple(fc.nat({ max: SIZE - 1 }), fc.nat({ max: SIZE - 1 }))
    .filter(([left, right]) => left !== right)
    .map(([left, right]): Arrow => [Math.max(left, right), Math.min(left, right)]),
  { maxLength: 30 },
);

const NAMES = Array.from({ length: SIZE }, (_, index) => `t${index}`);

/** The lengths of the shortest ways, by trying every stop between all pairs. */
function measureWays(arrows: readonly Arrow[]): readonly (readonly number[])[] {
  const lengths = NAMES.map((_, from) =>
    NAMES.map((__, to) => (arrows.some(([a, b]) => a === from && b === to) ? 1 : Infinity)),
  );
  for (const via of NAMES.keys()) {
    for (const row of lengths) {
      for (const to of NAMES.keys()) {
        const detour = (row[via] as number) + (lengths[via]?.[to] as number);
        row[to] = Math.min(row[to] as number, detour);
      }
    }
  }
  return lengths;
}

describe('what depends on a resource', () => {
  it('is all that reaches it, by a shortest way of references', () => {
    fc.assert(
      fc.property(anyArrows, fc.nat({ max: SIZE - 1 }), (arrows, of) => {
        const graph = toGraph(NAMES, arrows);
        const view = viewDependents(graph, `Target/platform/t${of}`);
        if (view.kind !== 'dependents') throw new Error('another view');
        const lengths = measureWays(arrows).map((row) => row[of] as number);
        const reaching = NAMES.filter((_, from) => lengths[from] !== Infinity);
        const found = listDependents(view.ways);
        const toName = (key: string) => key.slice(key.lastIndexOf('/') + 1);
        expect(found.map(({ key }) => toName(key)).sort()).toEqual([...reaching].sort());
        for (const { key, distance, via } of found) {
          expect(distance).toBe(lengths[NAMES.indexOf(toName(key))]);
          const rest = via === view.of ? 0 : found.find((one) => one.key === via)?.distance;
          expect(rest).toBe(distance - 1);
          expect(graph.dependencies.get(key)?.map(({ toKey }) => toKey)).toContain(via);
        }
        const lines = renderGraphText(view).trimEnd().split('\n');
        expect(lines).toHaveLength(reaching.length + 2);
      }),
    );
  });

  it('mirrors what a resource depends on', () => {
    fc.assert(
      fc.property(anyArrows, fc.nat({ max: SIZE - 1 }), (arrows, of) => {
        const row = measureWays(arrows)[of] as readonly number[];
        const reached = NAMES.filter((_, to) => to === of || row[to] !== Infinity);
        const { graph } = viewDependencies(toGraph(NAMES, arrows), `Target/platform/t${of}`);
        expect([...graph.nodes.values()].map(({ ref }) => ref.name)).toEqual(reached);
        expect(listEdges(graph)).toHaveLength(
          arrows.filter(([from, to]) => reached.includes(`t${from}`) && reached.includes(`t${to}`))
            .length,
        );
      }),
    );
  });
});

const hostileName = fc
  .array(
    fc.oneof(
      fc.constantFrom('"]', '"', ']', '\n', '\r', ' end ', '-->', '%%', ';', '#quot;', '`', '<b>'),
      fc.constantFrom(
        '\u2028',
        '\u202e',
        '\ud83d\ude00',
        '\ud83d',
        '&',
        '$',
        '\\',
        'end',
        'صف',
        '/',
      ),
      fc.string({ maxLength: 4, unit: 'binary' }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const hostileNames = fc.uniqueArray(hostileName, { minLength: 2, maxLength: 8 });

const LABEL = String.raw`"(?:[\p{L}\p{N} ./_-]|#\d+;)*"`;
const STATEMENT = new RegExp(
  String.raw`^(?:flowchart LR|  subgraph z\d+\[${LABEL}\]|    n\d+\[${LABEL}\]|  end|  n\d+ --> n\d+|)$`,
  'u',
);

describe('a graph with hostile names', () => {
  it('keeps each inside its label of a flowchart, where it can be read again', () => {
    fc.assert(
      fc.property(hostileNames, (names) => {
        const text = renderGraphMermaid(toGraph(names, [[1, 0]]));
        for (const line of text.split('\n')) expect(line).toMatch(STATEMENT);
        const labels = [...text.matchAll(/^ {4}n\d+\["(.*)"\]$/gm)].map(([, label = '']) =>
          label.replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
        );
        const titles = names.map((name) =>
          toPrintable(toRefTitle({ kind: 'Target', namespace: 'platform', name }), 200),
        );
        expect([...labels].sort()).toEqual([...titles].sort());
      }),
      { numRuns: 500 },
    );
  });

  it('keeps each on its line of a text', () => {
    fc.assert(
      fc.property(hostileNames, (names) => {
        const text = renderGraphText({ kind: 'whole', graph: toGraph(names, []) });
        expect(text.match(/\n/g)).toHaveLength(names.length);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202e]/u);
      }),
      { numRuns: 500 },
    );
  });
});
