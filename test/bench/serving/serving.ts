/*
 * Measures one data-plane node in one process under a closed loop of requests with one row of
 * twenty features each, over keep-alive connections on loopback: HTTP, JSON, the assignment of a
 * version, batching, ONNX Runtime, counting; `by-key` asks for an entity whose features are looked
 * up in Postgres. It does not measure TLS, several nodes, a rate that clients do not adapt, or a
 * network; and the load generator and the servers share the machine. Baseline: a node:http server
 * that parses the same JSON and sends it back, in turns with ours in the same run.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startLineChild } from '../../support/child-process.ts';
import { MODEL } from '../../support/serve-node.ts';
import { type Bench, type BenchContext, type Figure, median } from '../bench.ts';
import { withFilledDatabase } from '../features/filled-database.ts';
import { ACTIVITY } from '../features/made-up-rows.ts';

const ROWS_BY_KEY = 10_000;
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
  cases: [
    { name: 'json-1p', measure: measureJson },
    { name: 'by-key', measure: measureByKey },
  ],
};

type Load = {
  readonly count: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuCores: number;
};

function measureJson(context: BenchContext): Promise<readonly Figure[]> {
  const data = Array.from({ length: FEATURES }, (_, index) => index / 7);
  const input = { name: 'features', shape: [1, FEATURES], datatype: 'FP32', data };
  const body = { parameters: { entity_key: 'c-00017' }, inputs: [input] };
  return compare(context, [String(FEATURES)], `/v2/models/${MODEL}/infer`, body);
}

function measureByKey(context: BenchContext): Promise<readonly Figure[]> {
  const keys = ACTIVITY.keys.map(({ name }) => [name, 'c-17']);
  const body = { entities: Object.fromEntries(keys), features: {} };
  const path = '/v1/endpoints/payments/fraud/predict';
  return withFilledDatabase(ROWS_BY_KEY, (url) =>
    compare(context, ['by-key', url.reveal()], path, body),
  );
}

/** Ours and the echo are loaded in turns, since other work on the machine comes and goes. */
async function compare(
  { note }: BenchContext,
  args: readonly string[],
  path: string,
  request: object,
): Promise<readonly Figure[]> {
  const body = JSON.stringify(request);
  note(
    `${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s, ${body.length} bytes a request`,
  );
  const ours = await startServer(NODE, args, path);
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
