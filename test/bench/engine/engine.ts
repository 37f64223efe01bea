/*
 * Measures whole processes: `plumb up` from its start until everything has converged and every
 * record is in Git, on a real Postgres with synchronous commit. It does not measure the database
 * server's memory, several zones, effects that take long, or a network: the repository is on this
 * disk. There is no baseline: nothing else does this work.
 */
import { readFile, rm } from 'node:fs/promises';
import { createInstallation, type Installation } from '../../support/installation.ts';
import { type Bench, type BenchCase, type Figure, takeSeconds } from '../bench.ts';
import { generatePlatform } from './generate-platform.ts';

export const engine: Bench = {
  name: 'engine',
  cases: [100, 1000, 10_000].flatMap((count) => [toApplyCase(count), toNoopCase(count)]),
};

function toApplyCase(count: number): BenchCase {
  return {
    name: `apply-${count}`,
    measure: ({ note }) =>
      withPlatform(count, async (installation) => {
        note(`${count} resources, a tenth of them targets with two slots each`);
        const figures = await measureStart(installation, count);
        const [seconds] = figures;
        const perSecond = count / (seconds?.value ?? Number.NaN);
        return [...figures, { metric: 'per_second', value: perSecond, baseline: null, n: count }];
      }),
  };
}

function toNoopCase(count: number): BenchCase {
  return {
    name: `noop-${count}`,
    measure: ({ note }) =>
      withPlatform(count, async (installation) => {
        await measureStart(installation, count);
        note(`${count} resources that are as desired already, the process start included`);
        return measureStart(installation, count);
      }),
  };
}

async function withPlatform<Result>(
  count: number,
  work: (installation: Installation) => Promise<Result>,
): Promise<Result> {
  const from = await generatePlatform(count);
  const installation = await createInstallation({ from });
  try {
    return await work(installation);
  } finally {
    await installation.remove();
    await rm(from, { recursive: true, force: true });
  }
}

async function measureStart(installation: Installation, n: number): Promise<readonly Figure[]> {
  const reconciler = installation.up();
  const seconds = await takeSeconds(async () => {
    await reconciler.ready;
    const status = await installation.plumb('status', '--wait', '--timeout', '600');
    if (status.code !== 0) throw new Error(`it does not converge:\n${status.stdout}`);
  });
  const peakMb = await readPeakMb(reconciler.pid);
  await reconciler.stop();
  return [
    { metric: 'seconds', value: seconds, baseline: null, n },
    { metric: 'peak_mb', value: peakMb, baseline: null, n },
  ];
}

async function readPeakMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
