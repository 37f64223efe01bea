import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './support/summary-reporter.ts';

const PROJECTS = ['unit', 'contract', 'simulation', 'scenario', 'house'];

/** They may ask for the run's Postgres, which starts with the first test that does. */
const WITH_POSTGRES = ['contract', 'scenario'];

/** Nothing in them touches the machine, and modules keep no state: they may share a thread. */
const PURE = ['unit', 'house'];

const toProject = (name: string) => ({
  extends: true as const,
  test: {
    name,
    ...(PURE.includes(name) ? { pool: 'threads' as const, isolate: false } : {}),
    include: [`test/${name}/**/*.test.ts`],
    globalSetup: WITH_POSTGRES.includes(name) ? ['test/support/postgres-run.ts'] : [],
  },
});

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    projects: PROJECTS.map(toProject),
    reporters: ['default', new SummaryReporter()],
    // Most tests wait for a disk, a database or a process of their own, not for a processor.
    maxWorkers: 2 * availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
