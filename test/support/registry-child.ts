import { createInterface } from 'node:readline';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createFileProcessRegistry } from '../../reconciler/adapters/process-registry/file/process-registry.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';

/**
 * A process for tests of the registry: `registry-child.ts <folder> <habit>`. It takes one
 * order per line and answers each with one line, and ends with its input, so that a test which
 * fails leaves none behind.
 */
const [folder = '', habit = 'obeys'] = process.argv.slice(2);
const registry = createFileProcessRegistry({
  folder,
  identity: createSystemProcessIdentity(),
  clock: createSystemClock(),
});

if (habit === 'ignores-requests') process.on('SIGTERM', () => {});

async function follow(order: string): Promise<string> {
  const [verb, name = '', details = '{}'] = order.split('\t');
  if (verb === 'ping') return 'pong';
  try {
    if (verb === 'register') await registry.registerSelf(name, JSON.parse(details));
    if (verb === 'unregister') await registry.unregisterSelf(name);
    return 'done';
  } catch (error) {
    return isCodedError(error) ? error.code : String(error);
  }
}

process.stdout.write('ready\n');
for await (const order of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await follow(order)}\n`);
}
process.exit(0);
