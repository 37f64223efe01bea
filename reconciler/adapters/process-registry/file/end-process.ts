import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { ProcessRecord } from '../../../ports/process-registry.ts';

/** Reading an identity costs well under a millisecond; a person does not notice this wait. */
const POLL_MS = 25;

/** A killed process is gone at once unless the kernel holds it, as in a hanging disk. */
const AFTER_KILL_MS = 10_000;

type EndDeps = { readonly identity: ProcessIdentity; readonly clock: Clock };

/** Ends the very process of the record; a process that got its id later is never signalled. */
export async function endProcess(
  deps: EndDeps,
  record: ProcessRecord,
  graceMs: number,
): Promise<'absent' | 'stopped' | 'killed'> {
  if (!(await signal(deps, record, 'SIGTERM'))) return 'absent';
  if (await isGoneWithin(deps, record, graceMs)) return 'stopped';
  if (!(await signal(deps, record, 'SIGKILL'))) return 'stopped';
  if (await isGoneWithin(deps, record, AFTER_KILL_MS)) return 'killed';
  throw new CodedError('P606', `process ${record.pid} does not end although it was killed`, {
    remedy: 'retry',
    details: { pid: record.pid },
  });
}

/**
 * The identity is read right before: Node offers no handle on a foreign process, so this leaves
 * microseconds in which the id would have to be given up and taken again. False when it is gone.
 */
async function signal(deps: EndDeps, record: ProcessRecord, name: NodeJS.Signals) {
  if (!(await isRunning(deps, record))) return false;
  try {
    return process.kill(record.pid, name);
  } catch (error) {
    if (hasErrorCode(error, 'ESRCH')) return false;
    const message = `process ${record.pid} may not be signalled: run as the user who started it`;
    throw new CodedError('P602', message, { cause: error, details: { pid: record.pid } });
  }
}

async function isGoneWithin(deps: EndDeps, record: ProcessRecord, limitMs: number) {
  const deadline = deps.clock.now() + limitMs;
  while (await isRunning(deps, record)) {
    const leftMs = deadline - deps.clock.now();
    if (leftMs <= 0) return false;
    await deps.clock.sleep(Math.min(POLL_MS, leftMs));
  }
  return true;
}

async function isRunning(deps: EndDeps, record: ProcessRecord): Promise<boolean> {
  return (await deps.identity.readIdentity(record.pid)) === record.identity;
}
