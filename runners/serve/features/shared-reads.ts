import type {
  OnlineFeatureReader,
  OnlineKey,
  OnlineLookup,
} from '../../../reconciler/ports/online-features.ts';
import type { Turn } from '../turn.ts';

/** Two round trips at once keep the store busy while an answer is on its way. */
const MAX_READS = 2;

/** A statement of so many keys takes the store a few milliseconds. */
const MAX_KEYS = 512;

type Asked = {
  readonly keys: readonly OnlineKey[];
  readonly resolve: (rows: readonly OnlineLookup[]) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Requests that come together share a round trip, as they share a batch: what is asked while the
 * store is busy goes with the next read, and nobody waits for company.
 */
export function shareReads(reader: OnlineFeatureReader, turn: Turn): OnlineFeatureReader {
  const waiting: Asked[] = [];
  let running = 0;

  const read = async (): Promise<void> => {
    await turn();
    const together = takeTogether(waiting);
    // The read that began before may have taken them all.
    if (together.length > 0) await readTogether(reader, together);
    running -= 1;
    proceed();
  };

  const proceed = (): void => {
    if (waiting.length === 0 || running >= MAX_READS) return;
    running += 1;
    void read();
  };

  return {
    readDefinition: (digest) => reader.readDefinition(digest),
    read: (keys) =>
      new Promise((resolve, reject) => {
        waiting.push({ keys, resolve, reject });
        proceed();
      }),
  };
}

async function readTogether(reader: OnlineFeatureReader, together: readonly Asked[]) {
  try {
    const rows = await reader.read(together.flatMap(({ keys }) => keys));
    let from = 0;
    for (const { keys, resolve } of together) {
      resolve(rows.slice(from, from + keys.length));
      from += keys.length;
    }
  } catch (error) {
    for (const { reject } of together) reject(error);
  }
}

/** From the front, as many as fit; one that is larger goes alone. */
function takeTogether(waiting: Asked[]): readonly Asked[] {
  let keys = 0;
  const end = waiting.findIndex((asked, index) => {
    keys += asked.keys.length;
    return index > 0 && keys > MAX_KEYS;
  });
  return waiting.splice(0, end === -1 ? waiting.length : end);
}
