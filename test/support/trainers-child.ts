import { createInterface } from 'node:readline';
import { openSmallTrainers } from './small-trainer.ts';

/** Another process that wants the same environment: sets it up for each line that it is given. */
const [folder = ''] = process.argv.slice(2);
const trainers = openSmallTrainers(folder);
process.stdout.write('ready\n');
for await (const program of createInterface({ input: process.stdin })) {
  const { argv } = await trainers.ensure(program);
  process.stdout.write(`${argv[0]}\n`);
}
