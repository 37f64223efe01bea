import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createProcessProgramRunner } from '../../reconciler/adapters/program-runner/process/program-runner.ts';
import type { ProgramRunner } from '../../reconciler/ports/program-runner.ts';

/** The bundled programs from their source, each in a process of its own, as `dist` has them. */
export function createSourcePrograms(jobsFolder: string): ProgramRunner {
  return createProcessProgramRunner({
    toProgramFile: (program) =>
      new URL(`../../runners/${program}/main.ts`, import.meta.url).pathname,
    jobsFolder,
    clock: createSystemClock(),
    environment: process.env,
    nodeArguments: ['--import', import.meta.resolve('tsx')],
  });
}
