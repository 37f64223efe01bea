/*
 * Measures how long a person waits: from `plumb up` to `ready` on the example platform, with the
 * packages installed and the build done. It does not measure installing packages, which depends on
 * the registry, nor the first set-up of the database's binaries for root. No baseline.
 */
import { createInstallation, type Installation } from '../../support/installation.ts';
import { type Bench, type BenchCase, median, takeSeconds } from '../bench.ts';

const REPETITIONS = 5;

export const start: Bench = {
  name: 'start',
  cases: [
    toCase('fresh', async () => undefined),
    toCase('again', async (installation) => {
      const reconciler = installation.up();
      await reconciler.ready;
      await reconciler.stop();
    }),
    toCase('after-kill', async (installation) => {
      const reconciler = installation.up();
      await reconciler.ready;
      await reconciler.kill();
    }),
  ],
};

function toCase(name: string, prepare: (installation: Installation) => Promise<void>): BenchCase {
  return {
    name,
    measure: async () => {
      const seconds: number[] = [];
      for (let round = 0; round < REPETITIONS; round += 1) {
        seconds.push(await measureOnce(prepare));
      }
      return [{ metric: 'seconds', value: median(seconds), baseline: null, n: REPETITIONS }];
    },
  };
}

async function measureOnce(prepare: (installation: Installation) => Promise<void>) {
  const installation = await createInstallation();
  try {
    await prepare(installation);
    return await takeSeconds(async () => {
      const reconciler = installation.up();
      await reconciler.ready;
    });
  } finally {
    await installation.plumb('down');
    await installation.remove();
  }
}
