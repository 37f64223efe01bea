import { CodedError } from '../../../core/contracts/coded-error.ts';
import { digestText } from '../../../core/contracts/digest.ts';
import type { NodeConfig } from '../../../core/contracts/node-config.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessRecord, ProcessRegistry } from '../../../ports/process-registry.ts';
import type { ServingNode, ServingNodes } from '../../../ports/serving-nodes.ts';
import { isLive } from './is-live.ts';
import { readLastPort, rotateLog, writeLastPort } from './node-folder.ts';
import { isPortFree, listPorts } from './node-ports.ts';
import { type StartedNode, startNode } from './start-node.ts';

/** A node loads no model before it answers; a busy machine needs some seconds. */
const START_MS = 60_000;

/** As long as a node takes at most to finish its answers and to bring its counts. */
const GRACE_MS = 30_000;
const POLL_MS = 50;

/** A node that was killed is dead a moment before the system has closed its port. */
const LAST_PORT_MS = 3_000;

/** A start fails for its port when another program takes it in the last moment: not often. */
const MAX_STARTS = 5;

/** Names of processes are no longer; zones may be. */
const MAX_NAME_LENGTH = 63;

export type ProcessServingNodesDeps = {
  /** What is started; the path of the configuration follows it. */
  readonly program: readonly string[];
  /** Of the zone; `port` is where it should answer if that is free, or 0. */
  readonly config: Omit<NodeConfig, 'v' | 'node'>;
  /** The folders of the nodes of other zones here. */
  readonly listOtherFolders: () => Promise<readonly string[]>;
  readonly registry: ProcessRegistry;
  readonly clock: Clock;
  readonly limitsMs?: { readonly start?: number; readonly grace?: number };
};

/** One node per zone, `serve-<zone>`, which writes itself down in the registry of processes. */
export function createProcessServingNodes(deps: ProcessServingNodesDeps): ServingNodes {
  const name = toNodeName(deps.config.zone);
  const graceMs = deps.limitsMs?.grace ?? GRACE_MS;
  let turn: Promise<unknown> = Promise.resolve();
  let ensuring: Promise<ServingNode> | null = null;
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  return {
    ensureRunning() {
      ensuring ??= inTurn(() => ensureRunning(deps, name, graceMs)).finally(() => {
        ensuring = null;
      });
      return ensuring;
    },
    async find() {
      const record = await deps.registry.find(name);
      return record === null ? null : toNode(deps, name, record);
    },
    stop: () => inTurn(async () => void (await deps.registry.stop(name, graceMs))),
  };
}

/** Short zones stand in the name as they are. */
function toNodeName(zone: string): string {
  const name = `serve-${zone}`;
  if (name.length <= MAX_NAME_LENGTH) return name;
  return `${name.slice(0, MAX_NAME_LENGTH - 13)}-${digestText(zone).slice(-12)}`;
}

async function ensureRunning(
  deps: ProcessServingNodesDeps,
  name: string,
  graceMs: number,
): Promise<ServingNode> {
  await rotateLog(deps.config.nodeFolder);
  const record = await deps.registry.find(name);
  if (record !== null) {
    const isOurs = record.details['build'] === deps.config.build;
    const node = isOurs ? await waitForRunning(deps, name, null) : null;
    if (node !== null) return node;
    await deps.registry.stop(name, graceMs);
  }
  const node = await startOnSomePort(deps, name);
  await writeLastPort(deps.config.nodeFolder, Number(new URL(node.url).port));
  return node;
}

async function startOnSomePort(deps: ProcessServingNodesDeps, name: string): Promise<ServingNode> {
  const { host, nodeFolder, port: preferred } = deps.config;
  const last = await readLastPort(nodeFolder);
  const others = await Promise.all((await deps.listOtherFolders()).map(readLastPort));
  const known = others.filter((port) => port !== null);
  let starts = 0;
  for (const port of listPorts(last, preferred, known)) {
    if (port === last) await waitForPort(deps, port);
    if (port !== 0 && !(await isPortFree(host, port))) continue;
    starts += 1;
    const started = await startNode(deps.program, { v: 1, node: name, ...deps.config, port });
    const node = await waitForRunning(deps, name, started);
    if (node !== null) {
      // Ours came later. Left alone, it would take the place of a node that is stopped by then.
      if (node.pid !== started.pid) await started.kill();
      return node;
    }
    // One that still runs may be the one that has the port, and is no reason to try another.
    const hasEnded = started.ending() !== null;
    const wasPortTaken = hasEnded && port !== 0 && !(await isPortFree(host, port));
    if (!wasPortTaken || starts >= MAX_STARTS) throw await toFailure(deps, name, started);
  }
  throw new CodedError('P810', `the serving node ${name} finds no port to answer on`);
}

/** Where the node was, applications ask again. In vain when another program has the port by now. */
async function waitForPort({ clock, config }: ProcessServingNodesDeps, port: number) {
  const deadline = clock.now() + LAST_PORT_MS;
  while (!(await isPortFree(config.host, port)) && clock.now() < deadline) {
    await clock.sleep(POLL_MS);
  }
}

/**
 * The one that answers may be another than was started: whoever starts one at the same time runs
 * into the registry, and one of the two ends. Null when none answers in time.
 */
async function waitForRunning(
  deps: ProcessServingNodesDeps,
  name: string,
  started: StartedNode | null,
): Promise<ServingNode | null> {
  const { clock, registry, config } = deps;
  const deadline = clock.now() + (deps.limitsMs?.start ?? START_MS);
  for (;;) {
    // Read first: what ended by then may have left the place to another.
    const hasEnded = started?.ending() !== null;
    const record = await registry.find(name);
    if (record !== null && record.details['build'] === config.build) {
      const node = toNode(deps, name, record);
      if (node !== null && (await isLive(clock, node.url))) return node;
    } else if (hasEnded) return null;
    if (clock.now() >= deadline) return null;
    await clock.sleep(POLL_MS);
  }
}

async function toFailure(
  deps: ProcessServingNodesDeps,
  name: string,
  started: StartedNode,
): Promise<CodedError> {
  const why = started.ending() ?? 'it did not answer in time';
  await started.kill();
  const end = await started.readLog();
  const log = end === '' ? 'it wrote nothing' : `the end of its log:\n${end}`;
  const message = `the serving node ${name} does not come up: ${why}; ${log}`;
  return new CodedError('P810', message, {
    remedy: 'retry',
    details: { folder: deps.config.nodeFolder },
  });
}

function toNode(
  { config }: ProcessServingNodesDeps,
  name: string,
  { pid, details }: ProcessRecord,
): ServingNode | null {
  const { port } = details;
  if (typeof port !== 'number') return null;
  return { name, pid, url: `http://${config.host}:${port}` };
}
