/**
 * An owner of programs that a test ends in the middle of one: `program-runner-child.ts <jobs folder>
 * <file>`. The program and its child hang; the child says its id in the file.
 */
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createProcessProgramRunner } from '../../reconciler/adapters/program-runner/process/program-runner.ts';

const [jobsFolder = '', saysIn = ''] = process.argv.slice(2);
const runner = createProcessProgramRunner({
  toProgramFile: () => new URL('sample-program-child.ts', import.meta.url).pathname,
  jobsFolder,
  clock: createSystemClock(),
  processIdentity: createSystemProcessIdentity(),
  environment: process.env,
  nodeArguments: ['--import', import.meta.resolve('tsx')],
});
const job = { saysIn };
await runner.run({ program: 'materialize', verb: 'hang-with-child', job, limitMs: 600_000 });
