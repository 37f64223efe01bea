/*
 * How long a revision takes from bytes in memory to its judgement. Not measured here: reading the
 * blobs out of Git, starting the process, policies, plans. Only kinds that there are yet occur,
 * one small resource a file, without mistakes; large files and broken ones take other paths.
 *
 * Cold means a fresh process in which no code has run and nothing is cached; each figure is the
 * median of several. The baseline is the same in a process that only parses the same bytes with
 * the package yaml into plain values: no places, no schemas, no references.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bench, type BenchCase, type BenchContext, type Figure, median } from '../bench.ts';

const CHILD = fileURLToPath(new URL('./parse-child.ts', import.meta.url));

const run = promisify(execFile);

export const language: Bench = {
  name: 'language',
  cases: [toColdCase(100, 7), toColdCase(1_000, 7), toColdCase(10_000, 3)],
};

function toColdCase(resources: number, repetitions: number): BenchCase {
  return {
    name: `cold-${resources}`,
    measure: (context) => measureCold(context, resources, repetitions),
  };
}

/** What a child says of its one measurement. */
export type ColdMeasurement = {
  readonly seconds: number;
  readonly peakMb: number;
  readonly files: number;
  readonly bytes: number;
  readonly resources: number;
};

async function measureCold(
  { seed, note }: BenchContext,
  resources: number,
  repetitions: number,
): Promise<readonly Figure[]> {
  const ours: ColdMeasurement[] = [];
  const theirs: ColdMeasurement[] = [];
  // In turns, so that whatever slows the machine down for a while slows both.
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    ours.push(await measureOnce('ours', resources, seed));
    theirs.push(await measureOnce('yaml', resources, seed));
  }
  const first = ours[0] as ColdMeasurement;
  if (first.resources !== resources) throw new Error(`only ${first.resources} resources are valid`);
  note(`${first.resources} resources in ${first.files} files, ${first.bytes} bytes`);
  const toFigure = (metric: 'seconds' | 'peak_mb', read: (one: ColdMeasurement) => number) => ({
    metric,
    value: median(ours.map(read)),
    baseline: median(theirs.map(read)),
    n: repetitions,
  });
  return [toFigure('seconds', (one) => one.seconds), toFigure('peak_mb', (one) => one.peakMb)];
}

async function measureOnce(
  way: 'ours' | 'yaml',
  resources: number,
  seed: number,
): Promise<ColdMeasurement> {
  const args = ['--import', 'tsx', CHILD, way, String(resources), String(seed)];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout);
}
