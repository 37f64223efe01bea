import { MessageChannel } from 'node:worker_threads';

/** Resolves in a later turn of the event loop, when what has arrived meanwhile was read. */
export type Turn = () => Promise<void>;

export type Turns = { readonly next: Turn; readonly close: () => void };

/**
 * A message to oneself comes after the sockets that are ready now have been read, within
 * microseconds; a timer of zero takes a millisecond. One message wakes all who wait.
 */
export function createTurns(): Turns {
  const { port1, port2 } = new MessageChannel();
  let waiting: (() => void)[] = [];
  port2.on('message', () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  });
  port2.unref();
  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length > 1) return;
        port1.postMessage(null);
      }),
    close: () => port1.close(),
  };
}
