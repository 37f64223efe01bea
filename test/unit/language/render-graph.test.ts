import { describe, expect, it } from 'vitest';
import { type RefKey, toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import {
  type DescribedGraph,
  describeGraph,
} from '../../../reconciler/core/graph/described-graph.ts';
import {
  type GraphView,
  viewDependencies,
  viewDependents,
} from '../../../reconciler/core/graph/graph-view.ts';
import { renderGraphJson } from '../../../reconciler/core/graph/render-graph-json.ts';
import { renderGraphMermaid } from '../../../reconciler/core/graph/render-graph-mermaid.ts';
import { renderGraphText } from '../../../reconciler/core/graph/render-graph-text.ts';
import type { Resource } from '../../../reconciler/core/spec/resource.ts';
import { judgeSmallRepo, toEnvironment, toTarget } from './small-repo.ts';

const LAPTOP: RefKey = 'Target/platform/laptop';
const PROD: RefKey = 'Environment/platform/prod';

function describeSmall(files: Parameters<typeof judgeSmallRepo>[0] = {}): DescribedGraph {
  return describeGraph(judgeSmallRepo(files));
}

function textOf(view: GraphView): readonly string[] {
  return renderGraphText(view).trimEnd().split('\n');
}

describe('a graph as text', () => {
  it('begins with what nothing depends on, and draws each resource once', () => {
    expect(textOf({ kind: 'whole', graph: describeSmall() })).toEqual([
      'environment prod (ae)  environments/prod.yaml:1',
      '├─ zone ae (ae)  zones/ae.yaml:1',
      '├─ target laptop (ae)  targets/laptop.yaml:1',
      '│  └─ zone ae (see above)',
      '└─ environment dev (ae)  environments/dev.yaml:1',
      '   ├─ zone ae (see above)',
      '   └─ target laptop (see above)',
      'namespace payments (every zone)  namespaces/payments.yaml:1',
      'platform bank (every zone)  platform.yaml:1',
      'target frankfurt (eu)  targets/frankfurt.yaml:1',
      '└─ zone eu (eu)  zones/eu.yaml:1',
    ]);
  });

  it('of one resource has what it stands on, or what depends on it', () => {
    expect(textOf(viewDependencies(describeSmall(), LAPTOP))).toEqual([
      'target laptop (ae)  targets/laptop.yaml:1',
      '└─ zone ae (ae)  zones/ae.yaml:1',
    ]);
    expect(textOf(viewDependents(describeSmall(), 'Zone/platform/ae'))).toEqual([
      'zone ae (ae)  zones/ae.yaml:1',
      '├─ environment dev (ae)  environments/dev.yaml:1',
      '├─ environment prod (ae)  environments/prod.yaml:1',
      '└─ target laptop (ae)  targets/laptop.yaml:1',
      '3 resources depend on it',
    ]);
    expect(textOf(viewDependents(describeSmall(), 'Zone/platform/eu')).at(-1)).toBe(
      '1 resource depends on it',
    );
    expect(textOf(viewDependents(describeSmall(), PROD))).toEqual([
      'environment prod (ae)  environments/prod.yaml:1',
      'nothing depends on it',
    ]);
  });

  it('names what is held back, with why', () => {
    const broken = toTarget('laptop', 'ae').replace('slots: 1', 'slots: one');
    const graph = describeSmall({ 'targets/laptop.yaml': broken });
    expect(textOf({ kind: 'whole', graph }).slice(-4)).toEqual([
      'held back, and what they name is not known: 3',
      '  environment dev (ae)  it depends on target laptop, which is invalid',
      '  environment prod (ae)  it depends on target laptop, which is invalid',
      '  target laptop (unclear zone)  its document has a mistake',
    ]);
  });
});

describe('a graph as a flowchart', () => {
  it('has a box for each zone, and an arrow to each thing that is named', () => {
    const files = { 'targets/desk.yaml': toTarget('desk', 'ae').replace('slots: 1', 'slots: -1') };
    expect(renderGraphMermaid(describeSmall(files)).split('\n')).toEqual([
      'flowchart LR',
      '  subgraph z0["every zone"]',
      '    n4["namespace payments"]',
      '    n5["platform bank"]',
      '  end',
      '  subgraph z1["unclear zone"]',
      '    n8["target desk"]:::held',
      '  end',
      '  subgraph z2["zone ae"]',
      '    n0["zone ae"]',
      '    n1["target laptop"]',
      '    n2["environment dev"]',
      '    n3["environment prod"]',
      '  end',
      '  subgraph z3["zone eu"]',
      '    n6["zone eu"]',
      '    n7["target frankfurt"]',
      '  end',
      '  n1 --> n0',
      '  n2 --> n0',
      '  n2 --> n1',
      '  n3 --> n0',
      '  n3 --> n1',
      '  n3 --> n2',
      '  n7 --> n6',
      '  classDef held stroke-dasharray: 4 4',
      '',
    ]);
  });
});

describe('a graph as JSON', () => {
  it('has every reference, and where it stands', () => {
    expect(renderGraphJson(viewDependencies(describeSmall(), LAPTOP))).toEqual({
      v: 1,
      view: 'dependencies',
      of: LAPTOP,
      nodes: [
        {
          resource: 'Zone/platform/ae',
          state: 'valid',
          placement: { state: 'zone', zone: 'ae' },
          location: { path: 'zones/ae.yaml', line: 1, column: 1 },
        },
        {
          resource: LAPTOP,
          state: 'valid',
          placement: { state: 'zone', zone: 'ae' },
          location: { path: 'targets/laptop.yaml', line: 1, column: 1 },
        },
      ],
      edges: [{ from: LAPTOP, to: 'Zone/platform/ae', pointer: '/spec/zone' }],
    });
  });

  it('has the shortest way of each dependent, step by step', () => {
    const files = { 'environments/prod.yaml': toEnvironment('prod', 'eu', '[frankfurt]', 'dev') };
    expect(renderGraphJson(viewDependents(describeSmall(files), LAPTOP))).toMatchObject({
      v: 1,
      view: 'dependents',
      dependents: [
        { resource: 'Environment/platform/dev', distance: 1, via: LAPTOP },
        { resource: PROD, distance: 2, via: 'Environment/platform/dev' },
      ],
    });
    const whole = renderGraphJson({ kind: 'whole', graph: describeSmall() });
    expect(whole).toMatchObject({ view: 'whole', of: null });
  });
});

/** A chain of environments, each promoting from the one before. */
function describeChain(count: number): DescribedGraph {
  const [dev] = judgeSmallRepo({}).valid.filter(({ ref }) => ref.name === 'dev');
  if (dev === undefined) throw new Error('the small repo has no dev');
  const valid = Array.from({ length: count }, (_, n) => {
    const spec = n === 0 ? {} : { promotesFrom: `e${n - 1}` };
    return { ...dev, ref: { ...dev.ref, name: `e${n}` }, spec } satisfies Resource;
  });
  return describeGraph({ valid, heldBack: [] });
}

describe('a graph of any size', () => {
  it('is drawn no deeper and no longer than a terminal bears', () => {
    const graph = describeChain(20_000);
    const [first, last]: readonly RefKey[] = [
      'Environment/platform/e0',
      'Environment/platform/e19999',
    ];
    const lines = textOf({ kind: 'whole', graph });
    expect(lines).toHaveLength(33);
    expect(lines.at(-1)).toMatch(/environment e19967 .* \(… goes on\)$/);
    const text = renderGraphText(viewDependents(graph, first as RefKey));
    expect(text).toContain('19999 resources depend on it');
    expect(text.length).toBeLessThan(10_000);
    const json = JSON.stringify(renderGraphJson(viewDependents(graph, first as RefKey)));
    expect(json.length).toBeLessThan(20_000 * 500);
    expect(viewDependencies(graph, last as RefKey).graph.nodes.size).toBe(20_000);
  });

  it('is cut after 10,000 lines, and says so', () => {
    const { valid } = judgeSmallRepo({});
    const [namespace] = valid.filter(({ ref }) => ref.kind === 'Namespace');
    if (namespace === undefined) throw new Error('the small repo has no namespace');
    const many = Array.from({ length: 10_005 }, (_, n) => ({
      ...namespace,
      ref: { ...namespace.ref, name: `n${n}` },
    }));
    const lines = textOf({ kind: 'whole', graph: describeGraph({ valid: many, heldBack: [] }) });
    expect(lines).toHaveLength(10_001);
    expect(lines.at(-1)).toBe('… and 5 lines more: name a resource, or ask for json');
  });

  it('is no larger a flowchart than Mermaid draws', () => {
    const lines = renderGraphMermaid(describeChain(1_000)).split('\n');
    expect(lines).toContain('  more["and 750 resources more"]');
    expect(lines.filter((line) => line.includes('-->'))).toHaveLength(249);
  });
});

describe('the order of a graph', () => {
  it('is of what depends on what, whatever order the resources come in', () => {
    const { valid, heldBack } = judgeSmallRepo({});
    const keys = [...describeGraph({ valid, heldBack }).nodes.keys()];
    const reversed = { valid: [...valid].reverse(), heldBack };
    expect([...describeGraph(reversed).nodes.keys()]).toEqual(keys);
    expect(keys).toEqual(valid.map(({ ref }) => toRefKey(ref)));
  });
});
