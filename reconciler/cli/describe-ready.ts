import { join } from 'node:path';
import { type Ref, toResourcePath } from '../core/contracts/ref.ts';
import type { ResourceStatus, ZoneStatus } from '../core/status/zone-status.ts';
import type { StatePaths } from './state-paths.ts';

/** Where one zone's models are served. */
export type NodeAddress = { readonly zone: string; readonly url: string };

export type ReadyInstallation = {
  /** Of the status page. */
  readonly url: string;
  readonly zones: readonly ZoneStatus[];
  readonly nodes: readonly NodeAddress[];
  /** Where nodes should answer; 0 for any free port. */
  readonly servingPort: number;
  readonly paths: StatePaths;
  /** The folder that the command runs in. */
  readonly folder: string;
};

/** What `plumb up` says once everything has come to rest: what there is, and what to try. */
export function describeReady(ready: ReadyInstallation): string {
  const { zones, nodes, servingPort } = ready;
  return [
    '',
    'ready',
    ...zones.map(describeZone),
    ...nodes.map((node) => describeNode(node, servingPort)),
    '',
    'what to try next, in another terminal:',
    ...layOut(listCommands(ready)),
    '',
    `the status page: ${ready.url}`,
    'Ctrl-C stops everything in order; trainings go on after the next start.',
    '',
  ].join('\n');
}

function describeZone({ zone, resources, source }: ZoneStatus): string {
  const ready = resources.filter(isReady).length;
  const attention = ready === resources.length ? '' : '; plumb status says what is in the way';
  const held = source.held === null ? '' : `; held: ${source.held}`;
  return `  zone ${zone}: ${ready} of ${resources.length} resources as desired${attention}${held}`;
}

function isReady({ conditions }: ResourceStatus): boolean {
  return conditions.some((one) => one.type === 'Ready' && one.status === 'True');
}

/** A port that was taken is nothing to find out by a request that fails. */
function describeNode({ zone, url }: NodeAddress, servingPort: number): string {
  const isElsewhere = servingPort !== 0 && Number(new URL(url).port) !== servingPort;
  const why = isElsewhere ? ` (port ${servingPort} was taken)` : '';
  return `  zone ${zone}: models are served at ${url}${why}`;
}

/** A command to paste, and what it is for. */
type Suggestion = readonly [command: string, purpose: string];

function listCommands({ paths, folder, zones, nodes }: ReadyInstallation): readonly Suggestion[] {
  const isElsewhere = paths.root !== join(folder, '.plumbline');
  const state: readonly Suggestion[] = isElsewhere
    ? [[`export PLUMBLINE_STATE=${paths.root}`, 'this installation, and no other']]
    : [];
  return [
    ['alias plumb="node $PWD/reconciler/cli/plumb.mjs"', 'in the folder of this clone'],
    ...state,
    [`git clone ${paths.repository} my-platform`, 'edit a file of it, commit, git push'],
    ['plumb plan my-platform', 'what would happen, before it happens'],
    ['plumb status --wait', 'what is in force, and what is not'],
    ...listModelCommands(zones, nodes),
    ['plumb audit log', 'what was done, and why'],
    ['plumb audit verify', 'that nothing was changed since'],
  ];
}

function listModelCommands(
  zones: readonly ZoneStatus[],
  nodes: readonly NodeAddress[],
): readonly Suggestion[] {
  const model = findFirst(zones, 'Model');
  const endpoint = findFirst(zones, 'Endpoint');
  if (model === null) return [];
  const show = `plumb model show ${toResourcePath(model)}`;
  const [node] = nodes;
  const release: Suggestion = [
    'plumb pr list --all',
    'releases that the machine proposes; merged they are served',
  ];
  const asked = `plumb predict ${endpoint === null ? 'NAMESPACE/ENDPOINT' : toResourcePath(endpoint)}`;
  const isServed = node === undefined ? ', once it is released' : '';
  return [
    ['plumb model list', 'versions that passed their gates'],
    [show, 'what was measured, and how the gates were judged'],
    release,
    [`${asked} --entity KEY=VALUE`, `asks for a prediction${isServed}`],
    ...(node === undefined
      ? []
      : ([[`curl -s ${node.url}/v2`, 'asks by the Open Inference Protocol']] as const)),
  ];
}

function findFirst(zones: readonly ZoneStatus[], kind: string): Ref | null {
  const resources = zones.flatMap((zone) => zone.resources);
  return resources.find(({ ref }) => ref.kind === kind)?.ref ?? null;
}

/** A longer command keeps its purpose on its line, and moves no other. */
const MAX_COLUMN = 50;

function layOut(suggestions: readonly Suggestion[]): readonly string[] {
  const widths = suggestions.map(([command]) => command.length);
  const column = Math.max(...widths.filter((width) => width <= MAX_COLUMN), 0);
  return suggestions.map(([command, purpose]) => `  ${command.padEnd(column)}  # ${purpose}`);
}
