import { request } from 'node:http';
import type { Clock } from '../../../ports/clock.ts';

/** A node answers in a millisecond; one that computes answers too. */
const LIMIT_MS = 2_000;

/** Whether the node itself says that it lives. */
export async function isLive(clock: Clock, url: string): Promise<boolean> {
  const over = new AbortController();
  const answered = new AbortController();
  void clock.sleep(LIMIT_MS, answered.signal).then(() => over.abort());
  try {
    return await new Promise<boolean>((resolve) => {
      const options = { agent: false, signal: over.signal } as const;
      const outgoing = request(`${url}/v2/health/live`, options, (response) => {
        response.on('error', () => {});
        response.destroy();
        resolve(response.statusCode === 200);
      });
      outgoing.on('error', () => resolve(false));
      outgoing.end();
    });
  } finally {
    answered.abort();
  }
}
