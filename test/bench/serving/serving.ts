/*
 * Measures one data-plane node in one process under a closed loop of requests with one row of
 * twenty features each, over keep-alive connections on loopback: HTTP, JSON, the assignment of a
 * version, batching, ONNX Runtime, counting. It does not measure the look-up of features by key,
 * TLS, several nodes, a rate that clients do not adapt, or a network; and the load generator and
 * the servers share the machine. Baseline: a node:http server that parses the same JSON and sends
 * it back, in turns with ours in the same run.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startLineChild } from '../../support/child-process.ts';
import { MODEL } from '../../support/serve-node.ts';
import { type Bench, type BenchContext, type Figure, median } from '../bench.ts';

const FEATURES = 20;
const CONNECTIONS = 32;
const ROUNDS = 3;
const SECONDS = 4;
const WARM_UP_SECONDS = 2;

const NODE = new URL('node-child.ts', import.meta.url);
const ECHO = new URL('echo-child.ts', import.meta.url);
const LOAD = new URL('load-child.ts', import.meta.url);

export const serving: Bench = {
  name: 'serving',
  cases: [{ name: 'json-1p', measure: measureJson }],
};

type Load = {
  readonly count: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuCores: number;
};

async function measureJson({ note }: BenchContext): Promise<readonly Figure[]> {
  const data = Array.from({ length: FEATURES }, (_, index) => index / 7);
  const input = { name: 'features', shape: [1, FEATURES], datatype: 'FP32', data };
  const body = JSON.stringify({ parameters: { entity_key: 'c-00017' }, inputs: [input] });
  note(
    `${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s, ${body.length} bytes a request`,
  );
  const ours = await startServer(NODE, [String(FEATURES)], `/v2/models/${MODEL}/infer`);
  const echo = await startServer(ECHO, [], '/');
  try {
    const mine: Load[] = [];
    const theirs: Load[] = [];
    for (const server of [ours, echo]) await server.load(body, WARM_UP_SECONDS);
    for (let round = 0; round < ROUNDS; round += 1) {
      mine.push(await ours.load(body, SECONDS));
      theirs.push(await echo.load(body, SECONDS));
    }
    return toFigures(mine, theirs);
  } finally {
    await ours.stop();
    await echo.stop();
  }
}

function toFigures(mine: readonly Load[], theirs: readonly Load[]): readonly Figure[] {
  const n = mine.reduce((sum, { count }) => sum + count, 0);
  const figure = (metric: Figure['metric'], read: (load: Load) => number): Figure => ({
    metric,
    value: median(mine.map(read)),
    baseline: median(theirs.map(read)),
    n,
  });
  return [
    figure('per_second', ({ perSecond }) => perSecond),
    figure('p50_ms', ({ p50Ms }) => p50Ms),
    figure('p99_ms', ({ p99Ms }) => p99Ms),
    figure('errors', ({ errors }) => errors),
    figure('cpu_cores', ({ cpuCores }) => cpuCores),
  ];
}

async function startServer(script: URL, args: readonly string[], path: string) {
  const child = await startLineChild(script, args);
  const port = String(await child.ask('port'));
  const readCpuSeconds = async () => Number(await child.ask('cpu'));
  return {
    async load(body: string, seconds: number): Promise<Load> {
      const before = await readCpuSeconds();
      const load = await runLoad([port, path, String(CONNECTIONS), String(seconds), body]);
      return { ...load, cpuCores: ((await readCpuSeconds()) - before) / seconds };
    },
    stop: child.kill,
  };
}

/** A process of its own: it must not share a thread with what it measures. */
async function runLoad(args: readonly string[]): Promise<Omit<Load, 'cpuCores'>> {
  const child = spawn(process.execPath, ['--import', 'tsx', LOAD.pathname, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line);
  throw new Error('the load generator said nothing');
}
