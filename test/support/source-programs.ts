import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createMemoryProgramRunner } from '../../reconciler/adapters/program-runner/memory/program-runner.ts';
import { createProcessProgramRunner } from '../../reconciler/adapters/program-runner/process/program-runner.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { ProgramRunner } from '../../reconciler/ports/program-runner.ts';

import { ingest } from '../../runners/materialize/ingest.ts';

/** The bundled programs from their source, each in a process of its own, as `dist` has them. */
export function createSourcePrograms(jobsFolder: string): ProgramRunner {
  return createProcessProgramRunner({
    toProgramFile: (program) =>
      new URL(`../../runners/${program}/main.ts`, import.meta.url).pathname,
    jobsFolder,
    clock: createSystemClock(),
    processIdentity: createSystemProcessIdentity(),
    environment: process.env,
    nodeArguments: ['--import', import.meta.resolve('tsx')],
  });
}

/** The same `materialize ingest` inside the test's process, for tests that ask for it often. */
export function createIngestInProcess(scratchFolder: string): ProgramRunner {
  let count = 0;
  const perform = async (job: JsonObject): Promise<JsonObject> => {
    count += 1;
    const folder = join(scratchFolder, `scratch-${count}`);
    const deps = { resolvePath: (path: string) => path, scratchFolder: folder };
    return ingest(job, deps).finally(() => rm(folder, { recursive: true, force: true }));
  };
  const programs = { 'materialize ingest': perform };
  return createMemoryProgramRunner({ programs, clock: createSystemClock() });
}
