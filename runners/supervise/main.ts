/*
 * Watches one run on this machine from its first program to its last. It is started detached and
 * outlives whoever started it: `main.js <run folder> <slot folder> <settings as JSON>`.
 */
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createFiles } from '../../reconciler/adapters/executor/process/files.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSupervisorSettings } from '../../reconciler/adapters/runs/process/settings.ts';
import { superviseRun } from '../../reconciler/adapters/runs/process/supervise-run.ts';

const [runFolder, slotFolder, settings = '{}'] = process.argv.slice(2);
if (runFolder === undefined || slotFolder === undefined) {
  throw new Error('give the folder of the run and that of its slot');
}

const preemption = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => preemption.abort());
}

await superviseRun({
  runFolder,
  slotFolder,
  settings: createSupervisorSettings(JSON.parse(settings)),
  files: createFiles(),
  clock: createSystemClock(),
  processIdentity: createSystemProcessIdentity(),
  preempted: preemption.signal,
  path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
});
