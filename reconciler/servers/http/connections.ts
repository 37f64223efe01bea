import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../ports/clock.ts';

/** Who is connected, and whose answer is not yet with the system: what a stop has to wait for. */
export type Connections = {
  readonly add: (socket: Duplex) => void;
  readonly beginAnswer: (response: ServerResponse) => void;
  readonly countAnswers: () => number;
  readonly isAnswering: (socket: Duplex) => boolean;
  /** Closes what is idle at once and the rest when answered, or after `limitMs`. */
  readonly drain: (clock: Clock, limitMs: number) => Promise<void>;
};

export function createConnections(): Connections {
  const sockets = new Set<Duplex>();
  const answers = new Map<ServerResponse, Duplex>();
  let onAnswered: () => void = () => {};

  const isAnswering = (socket: Duplex): boolean => [...answers.values()].includes(socket);
  const closeIdle = (): void => {
    for (const socket of sockets) if (!isAnswering(socket)) closeAfterWriting(socket);
  };

  return {
    isAnswering,
    countAnswers: () => answers.size,
    add(socket) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    },
    beginAnswer(response) {
      answers.set(response, response.req.socket);
      // The client may leave at any time; that is no failure of ours.
      response.on('error', () => {});
      response.on('close', () => {
        answers.delete(response);
        onAnswered();
      });
    },
    async drain(clock, limitMs) {
      const drained = new AbortController();
      onAnswered = () => {
        closeIdle();
        if (answers.size === 0) drained.abort();
      };
      onAnswered();
      await clock.sleep(limitMs, drained.signal);
      if (answers.size > 0) for (const socket of sockets) socket.destroy();
    },
  };
}

/** What was written still reaches the client; what it sends from now on is not read. */
function closeAfterWriting(socket: Duplex): void {
  if (socket.writableLength === 0) socket.destroy();
  else socket.end(() => socket.destroy());
}
