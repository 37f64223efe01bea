import type { Randomness } from '../../../ports/randomness.ts';

export interface SeededRandomness extends Randomness {
  /**
   * A stream of its own, named by `label`. It depends on the seed and the labels alone, never on
   * what was drawn before: a new draw in one part of a simulation does not shift another.
   */
  fork(label: string): SeededRandomness;
}

/** sfc32 (Chris Doty-Humphrey's small fast counting generator): replayable, not for secrets. */
export function createSeededRandomness(seed: number | string): SeededRandomness {
  return createStream([String(seed)]);
}

function createStream(labels: readonly string[]): SeededRandomness {
  const draw = createSfc32(toState(JSON.stringify(labels)));
  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      const view = new DataView(bytes.buffer);
      const wholeWords = length - (length % 4);
      for (let at = 0; at < wholeWords; at += 4) view.setUint32(at, draw());
      for (let at = wholeWords; at < length; at += 1) bytes[at] = draw() >>> 24;
      return bytes;
    },
    fraction() {
      const high = draw() >>> 5;
      const low = draw() >>> 6;
      return (high * 2 ** 26 + low) / 2 ** 53;
    },
    fork: (label) => createStream([...labels, label]),
  };
}

type State = readonly [number, number, number, number];

function createSfc32(state: State): () => number {
  let [a, b, c, counter] = state;
  const draw = (): number => {
    const output = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + output) | 0;
    return output >>> 0;
  };
  // Its author's advice: the first outputs still show the seed.
  for (let round = 0; round < 15; round += 1) draw();
  return draw;
}

/** Four words from a text of any length: cyrb128, so that near seeds give far states. */
function toState(text: string): State {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    h1 = h2 ^ Math.imul(h1 ^ unit, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ unit, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ unit, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ unit, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  const mixed = h1 ^ h2 ^ h3 ^ h4;
  return [mixed, h2 ^ mixed, h3 ^ mixed, 1];
}
