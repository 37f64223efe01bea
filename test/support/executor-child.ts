/**
 * A process that performs one act after the other on a zone's folder and says each step, so that
 * a test can end it in the middle of one: `executor-child.ts <zone folder> <epoch> <first> <last>`.
 */
import { appendFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createProcessExecutor } from '../../reconciler/adapters/executor/process/executor.ts';
import { createFiles, type Files } from '../../reconciler/adapters/executor/process/files.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { toAct, ZONE } from './target-effects.ts';

const [zoneFolder = '', epoch = '', first = '', last = ''] = process.argv.slice(2);
const READS: readonly string[] = ['readText', 'listEntries'];

const say = (line: string) => writeSync(1, `${line}\n`);

function createSayingFiles(): Files {
  const real = createFiles();
  const wrap = (method: keyof Files) => {
    const act = real[method] as (...args: readonly unknown[]) => Promise<unknown>;
    if (READS.includes(method)) return act;
    return (...args: readonly unknown[]) => {
      say(`step ${method} ${String(args[0])}`);
      // The order of these lines over processes is the order of the steps: the lock sees to it.
      if (!String(args[0]).includes('.lock')) {
        appendFileSync(join(zoneFolder, 'steps.log'), `${epoch}\n`);
      }
      return act(...args);
    };
  };
  const methods = Object.keys(real) as (keyof Files)[];
  return Object.fromEntries(methods.map((method) => [method, wrap(method)])) as unknown as Files;
}

const executor = createProcessExecutor({
  zone: ZONE,
  zoneFolder,
  clock: createSystemClock(),
  randomness: createSystemRandomness(),
  processIdentity: createSystemProcessIdentity(),
  files: createSayingFiles(),
});

const fence = { holder: `child-${process.pid}`, epoch: Number(epoch) };
try {
  for (let occurrence = Number(first); occurrence <= Number(last); occurrence += 1) {
    say(`begin ${occurrence}`);
    await executor.apply({ fence, ...toAct(occurrence) });
    say(`done ${occurrence}`);
  }
} catch (error) {
  if (!isCodedError(error, 'P403')) throw error;
  say('fenced');
}
