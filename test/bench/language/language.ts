/*
 * How long a revision takes from bytes in memory to its judgement: parsed, validated, joined to a
 * graph, and all data followed through it. Not measured here: reading the blobs out of Git,
 * starting the process, policies, plans. One small resource a file, without mistakes, of four
 * kinds; large files, broken ones and long lineages take other paths.
 *
 * Cold means a fresh process in which no code has run and nothing is kept; restart the same with
 * what an earlier process has kept on disk; one change a warm process that is shown the revision
 * after, in which one file of all is another. Each figure is the median of several. The baseline is
 * a process that only parses the same bytes with the package yaml into plain values: no places, no
 * schemas, no references.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bench, type BenchCase, type BenchContext, type Figure, median } from '../bench.ts';

const CHILD = fileURLToPath(new URL('./parse-child.ts', import.meta.url));

const run = promisify(execFile);

const SIZES = [
  { resources: 100, repetitions: 7 },
  { resources: 1_000, repetitions: 7 },
  { resources: 10_000, repetitions: 3 },
] as const;

const WAYS = ['cold', 'one-change', 'restart'] as const;
type Way = (typeof WAYS)[number];

export const language: Bench = {
  name: 'language',
  cases: WAYS.flatMap((way) =>
    SIZES.map(({ resources, repetitions }) => toCase(way, resources, repetitions)),
  ),
};

function toCase(way: Way, resources: number, repetitions: number): BenchCase {
  return {
    name: `${way}-${resources}`,
    measure: (context) => measure(context, way, resources, repetitions),
  };
}

/** What a child says of its one measurement. */
export type Measurement = {
  readonly seconds: number;
  readonly peakMb: number;
  readonly files: number;
  readonly bytes: number;
  readonly resources: number;
};

async function measure(
  { seed, note }: BenchContext,
  way: Way,
  resources: number,
  repetitions: number,
): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const kept = join(folder, 'parsed-files');
  const ours: Measurement[] = [];
  const theirs: Measurement[] = [];
  try {
    if (way === 'restart') await measureOnce('fill', resources, seed, kept);
    // In turns, so that whatever slows the machine down for a while slows both.
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      ours.push(await measureOnce(way, resources, seed, kept));
      theirs.push(await measureOnce('yaml', resources, seed, kept));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const first = ours[0] as Measurement;
  if (first.resources !== resources) throw new Error(`only ${first.resources} resources are valid`);
  note(`${first.resources} resources in ${first.files} files, ${first.bytes} bytes`);
  const toFigure = (metric: 'seconds' | 'peak_mb', read: (one: Measurement) => number) => ({
    metric,
    value: median(ours.map(read)),
    baseline: median(theirs.map(read)),
    n: repetitions,
  });
  return [toFigure('seconds', (one) => one.seconds), toFigure('peak_mb', (one) => one.peakMb)];
}

async function measureOnce(
  way: Way | 'yaml' | 'fill',
  resources: number,
  seed: number,
  kept: string,
): Promise<Measurement> {
  const args = ['--import', 'tsx', CHILD, way, String(resources), String(seed), kept];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout);
}
