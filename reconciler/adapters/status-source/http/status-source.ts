import type { ZoneStatus } from '../../../core/status/zone-status.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { StatusSource } from '../../../ports/status-source.ts';

const TIMEOUT_MS = 5_000;
/** 10,000 resources with their conditions are about 4 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Asks the reconciler's own HTTP server on this machine. */
export function createHttpStatusSource(deps: { readonly clock: Clock }): StatusSource {
  return {
    read: async (port) => {
      const text = await fetchText(`http://127.0.0.1:${port}/api/v1/status`, deps.clock);
      return text === null ? null : parseStatus(text);
    },
  };
}

async function fetchText(url: string, clock: Clock): Promise<string | null> {
  const limit = new AbortController();
  const isAnswered = new AbortController();
  void clock.sleep(TIMEOUT_MS, isAnswered.signal).then(() => limit.abort());
  try {
    const answer = await fetch(url, { redirect: 'error', signal: limit.signal });
    if (!answer.ok || answer.body === null) return null;
    return await readBounded(answer.body);
  } catch {
    // Nobody listens, or it is no HTTP server of ours: either way there is no status.
    return null;
  } finally {
    isAnswered.abort();
  }
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseStatus(text: string): readonly ZoneStatus[] | null {
  try {
    const value = JSON.parse(text) as { readonly v?: unknown; readonly zones?: unknown } | null;
    if (value?.v !== 1 || !Array.isArray(value.zones)) return null;
    return value.zones as readonly ZoneStatus[];
  } catch {
    return null;
  }
}
