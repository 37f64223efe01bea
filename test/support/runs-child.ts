/**
 * A reconciler that starts a run and tends it, saying each step, so that a test can end it in the
 * middle of one: `runs-child.ts <zone folder> <request file> <moment>`. With the moment
 * `before-claim` it ends itself between starting a supervisor and writing that down.
 */
import { readFileSync, writeSync } from 'node:fs';
import { createFiles } from '../../reconciler/adapters/executor/process/files.ts';
import { LEADER, openProcessRuns } from './run-requests.ts';

const [zoneFolder = '', requestFile = '', moment = ''] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);

const real = createFiles();
const files: typeof real = {
  ...real,
  createWhole(path, asidePath, text) {
    if (moment === 'before-claim') process.kill(process.pid, 'SIGKILL');
    return real.createWhole(path, asidePath, text);
  },
};

const request = JSON.parse(readFileSync(requestFile, 'utf8'));
const runs = openProcessRuns(zoneFolder, {}, { files });
await runs.start(LEADER, request);
say('started');
for (;;) {
  await runs.tend(LEADER);
  say('tended');
  say((await runs.observe(request.runKey)).state);
}
