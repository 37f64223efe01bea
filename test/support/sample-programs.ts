import { spawn } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import type { JobVerb } from '../../reconciler/adapters/program-runner/process/answer-job.ts';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';

/** What a bundled program may do, well or badly; a process and a function do it alike. */
export const SAMPLE_VERBS = {
  echo: async (job) => ({ job }),
  refuse: async () => {
    throw new CodedError('P801', 'the file has no column amount');
  },
  'refuse-model': async () => {
    throw new CodedError('P804', 'the model has no input');
  },
  'refuse-otherwise': async () => {
    throw new CodedError('P401', 'the database is away', { remedy: 'retry' });
  },
  break: async () => {
    throw new TypeError('the row of Ada Lovelace has no amount');
  },
  hang: (job) => hang(job as JsonObject),
} as const satisfies Readonly<Record<string, JobVerb>>;

/** Says in a file that it hangs, and never answers. */
async function hang(job: JsonObject): Promise<JsonObject> {
  await say(job, process.pid);
  return stay();
}

/** A process with nothing to wait for would end by itself. */
function stay(): Promise<JsonObject> {
  return new Promise(() => {
    setInterval(() => {}, 60_000);
  });
}

/** Only a process can do these. */
export const PROCESS_VERBS: Readonly<Record<string, JobVerb>> = {
  environment: async () => ({ environment: { ...process.env } as JsonObject }),
  shout: async (_job) => {
    for (let line = 0; line < 40_000; line += 1) console.log(`${line} ${'x'.repeat(100)}`);
    return { shouted: true };
  },
  garble: () => process.exit(0),
  'lie-about-its-end': async () => {
    process.stdout.write('{"state":"done","result":{}}\n', () => process.exit(3));
    return stay();
  },
  'be-killed': async () => {
    process.kill(process.pid, 'SIGKILL');
    return stay();
  },
  'leave-child': async (job) => ({ child: await startChild(job as JsonObject) }),
  'hang-with-child': async (job) => {
    await startChild(job as JsonObject);
    return stay();
  },
};

/** It ignores a request to end, and holds the output of its parent open. */
async function startChild(job: JsonObject): Promise<number> {
  const script = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
  await say(job, child.pid);
  return child.pid ?? 0;
}

/** Whoever finds the file finds the id in it. */
async function say({ saysIn }: JsonObject, pid: number | undefined): Promise<void> {
  const aside = `${saysIn}.tmp`;
  await writeFile(aside, String(pid));
  await rename(aside, String(saysIn));
}
