import { Socket } from 'node:net';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  ANSWER,
  ASK,
  createFrameReader,
  type Frame,
  toBytes,
  toFloats,
  writeFrame,
} from './frames.ts';

/*
 * A process for one model that nobody trusts yet: it gets the bytes and the rows through pipes,
 * answers with scores, and is thrown away. What the library prints goes nowhere.
 */

/** The model and the largest batch come in one frame each; who asks has bounded them. */
const MAX_FRAME_BYTES = 2 ** 31;

/** Beside the three standard ones. */
const ANSWERS = 3;

type Description = {
  readonly input: string;
  readonly output: string;
  readonly features: number;
};

type Loaded = { readonly session: InferenceSession; readonly description: Description };

/** One thread: the order of additions, and so the last digit, must not depend on the machine. */
const SETTINGS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 4,
};

const MAX_WORDS = 300;

function serve(): void {
  const answers = new Socket({ fd: ANSWERS });
  const read = createFrameReader(MAX_FRAME_BYTES);
  const state: { description: Description | null; loaded: Loaded | null } = {
    description: null,
    loaded: null,
  };
  let tail: Promise<void> = Promise.resolve();
  process.stdin.on('data', (piece: Buffer) => {
    for (const frame of read(piece)) {
      tail = tail.then(async () => writeFrame(answers, await answer(state, frame)));
    }
  });
  process.stdin.on('end', () => process.exit(0));
}

async function answer(
  state: { description: Description | null; loaded: Loaded | null },
  { kind, payload }: Frame,
): Promise<Frame> {
  if (kind === ASK.describe) {
    state.description = JSON.parse(new TextDecoder().decode(payload)) as Description;
    return toDone();
  }
  if (kind === ASK.load && state.description !== null) {
    try {
      const session = await InferenceSession.create(payload, SETTINGS);
      state.loaded = { session, description: state.description };
      return toDone();
    } catch (error) {
      // No row was seen yet, so the library's words can hold none.
      const words = error instanceof Error ? error.message : 'unknown';
      return toFailed(words.replace(/\s+/g, ' ').slice(0, MAX_WORDS));
    }
  }
  if (state.loaded === null) return toFailed('no model is loaded');
  try {
    return kind === ASK.repeat
      ? await repeat(state.loaded, payload)
      : toDone(toBytes(await score(state.loaded, toFloats(payload))));
  } catch (error) {
    // The library may quote a value of a row: its words go no further.
    return toFailed(error instanceof ShapeError ? error.message : 'the library reports an error');
  }
}

class ShapeError extends Error {}

async function repeat(loaded: Loaded, payload: Uint8Array): Promise<Frame> {
  const times = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
  const row = toFloats(payload.slice(4));
  for (let time = 0; time < times; time += 1) await score(loaded, row);
  return toDone();
}

async function score(loaded: Loaded, features: Float32Array): Promise<Float32Array> {
  const { input, output, features: width } = loaded.description;
  const rows = features.length / width;
  const answered = await loaded.session.run({
    [input]: new Tensor('float32', features, [rows, width]),
  });
  const scores = answered[output];
  const isScores =
    scores?.data instanceof Float32Array &&
    (scores.dims.length === 1 || (scores.dims.length === 2 && scores.dims[1] === 1)) &&
    scores.dims[0] === rows;
  if (!isScores) {
    throw new ShapeError(`it answers ${rows} rows with [${scores?.dims.join(', ') ?? ''}]`);
  }
  return scores.data as Float32Array;
}

function toDone(payload: Uint8Array = new Uint8Array()): Frame {
  return { kind: ANSWER.done, payload };
}

function toFailed(words: string): Frame {
  return { kind: ANSWER.failed, payload: new TextEncoder().encode(words) };
}

serve();
