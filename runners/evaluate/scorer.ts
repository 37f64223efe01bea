import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Duplex, Writable } from 'node:stream';
import type { Clock, Stopwatch } from '../../reconciler/ports/clock.ts';
import {
  ANSWER,
  ASK,
  createFrameReader,
  type Frame,
  toBytes,
  toFloats,
  writeFrame,
} from './frames.ts';
import { refuse } from './refuse.ts';

export interface Scorer {
  /** How long loading took, without the start of the process. */
  readonly loadMs: number;
  /** One score for each row. Throws P804 when the model does not manage. */
  score(features: Float32Array): Promise<Float32Array>;
  /** Scores one row that often, and says nothing of it. */
  repeat(row: Float32Array, times: number): Promise<void>;
  close(): Promise<void>;
}

export type ScorerDeps = {
  /** Path of `score-program`. */
  readonly program: string;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly limits: ScorerLimits;
};

export type ScorerLimits = {
  /** For loading, and for each batch. */
  readonly callMs: number;
  /** Beside what the model's own bytes take. */
  readonly memoryMb: number;
};

export type ScorableModel = {
  readonly bytes: Uint8Array;
  readonly input: string;
  readonly output: string;
  readonly features: number;
};

/** A batch has a few thousand scores of four bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** The file, its parsed form, and the form that is optimised for the machine. */
const COPIES_OF_MODEL = 4;

/** Memory is looked at this often while the model works. */
const WATCH_MS = 50;

/** Starts a process for this model alone and loads it there. */
export async function openScorer(deps: ScorerDeps, model: ScorableModel): Promise<Scorer> {
  const child = spawn(process.execPath, [deps.program], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  const copiesMb = (COPIES_OF_MODEL * model.bytes.length) / 1024 ** 2;
  const ask = createAsk(child, deps, deps.limits.memoryMb + copiesMb);
  const close = () => end(child);
  let loadMs = 0;
  try {
    const { input, output, features } = model;
    const description = new TextEncoder().encode(JSON.stringify({ input, output, features }));
    await ask({ kind: ASK.describe, payload: description });
    // The first answer comes when the process is up.
    const startedAt = deps.stopwatch();
    await ask({ kind: ASK.load, payload: model.bytes });
    loadMs = deps.stopwatch() - startedAt;
  } catch (error) {
    await close();
    throw error;
  }
  return {
    loadMs,
    async score(features) {
      const rows = features.length / model.features;
      const scores = toFloats(await ask({ kind: ASK.score, payload: toBytes(features) }));
      if (scores.length !== rows) throw refuse(`the model answers ${rows} rows with other many`);
      return scores;
    },
    async repeat(row, times) {
      const payload = Buffer.concat([new Uint8Array(Uint32Array.of(times).buffer), toBytes(row)]);
      await ask({ kind: ASK.repeat, payload });
    },
    close,
  };
}

type Ask = (frame: Frame) => Promise<Uint8Array>;

function createAsk(child: ChildProcess, deps: ScorerDeps, memoryMb: number): Ask {
  const { clock, limits } = deps;
  const requests = child.stdin as Writable;
  const answers = createAnswers(child.stdio[3] as Duplex);
  const ended = createEnd(child);
  // The end of the process says what happened, and comes by itself.
  requests.on('error', () => {});
  return async (frame) => {
    const watch = new AbortController();
    try {
      writeFrame(requests, frame);
      const tooLong = clock.sleep(limits.callMs, watch.signal).then(() => {
        throw refuse(`the model was ended: no answer came within ${limits.callMs / 1000} seconds`);
      });
      const tooLarge = watchMemory(child, clock, memoryMb, watch.signal);
      for (const one of [tooLong, tooLarge]) one.catch(() => {});
      return toPayload(await Promise.race([answers.next(), ended, tooLong, tooLarge]));
    } finally {
      watch.abort();
    }
  };
}

function toPayload({ kind, payload }: Frame): Uint8Array {
  if (kind === ANSWER.done) return payload;
  const words = new TextDecoder().decode(payload.subarray(0, 1024));
  throw refuse(`the model cannot be run: ${words}`);
}

/** Each question has one answer, in order; what nobody asked for is dropped. */
function createAnswers(stream: Duplex): { readonly next: () => Promise<Frame> } {
  const read = createFrameReader(MAX_ANSWER_BYTES);
  let settle: { resolve(frame: Frame): void; reject(error: Error): void } | null = null;
  stream.on('error', () => {});
  stream.on('data', (piece: Buffer) => {
    try {
      for (const frame of read(piece)) settle?.resolve(frame);
    } catch {
      settle?.reject(refuse('the model made the process that scores it answer with nonsense'));
      stream.destroy();
    }
  });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
      }),
  };
}

/** Rejects when the process ends before it is asked to. */
function createEnd(child: ChildProcess): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      reject(refuse(`the model crashed the process that scores it (${how})`));
    });
  });
  ended.catch(() => {});
  return ended;
}

/** Only where the system tells: elsewhere the limits of the run itself must do. */
async function watchMemory(
  child: ChildProcess,
  clock: Clock,
  limitMb: number,
  signal: AbortSignal,
): Promise<never> {
  while (!signal.aborted) {
    await clock.sleep(WATCH_MS, signal);
    const usedMb = signal.aborted ? null : await readMemoryMb(child.pid);
    if (usedMb !== null && usedMb > limitMb) {
      child.kill('SIGKILL');
      throw refuse(`the model was ended: it took more than ${Math.round(limitMb)} MB of memory`);
    }
  }
  return new Promise(() => {});
}

async function readMemoryMb(pid: number | undefined): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return found === undefined ? null : Number(found) / 1024;
  } catch {
    return null;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
