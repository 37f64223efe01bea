import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../../reconciler/ports/clock.ts';

/** Who is connected, and how many answers each connection still waits for. */
export type Connections = {
  readonly add: (socket: Socket) => void;
  /** Until the response is closed, whether it was sent or its client left. */
  readonly beginAnswer: (response: ServerResponse) => void;
  readonly countAnswers: () => number;
  readonly isAnswering: (socket: Duplex) => boolean;
  /** Closes what is idle at once and the rest when answered, or after `limitMs`. */
  readonly drain: (clock: Clock, limitMs: number) => Promise<void>;
};

export function createConnections(): Connections {
  const answersBySocket = new Map<Duplex, number>();
  let answers = 0;
  let onAnswered: () => void = () => {};

  const closeIdle = (): void => {
    for (const [socket, count] of answersBySocket) if (count === 0) closeAfterWriting(socket);
  };

  return {
    add(socket) {
      answersBySocket.set(socket, 0);
      socket.on('close', () => answersBySocket.delete(socket));
    },
    beginAnswer(response) {
      const { socket } = response.req;
      answers += 1;
      answersBySocket.set(socket, (answersBySocket.get(socket) ?? 0) + 1);
      // The client may leave at any time; that is no failure of ours.
      response.on('error', () => {});
      response.on('close', () => {
        answers -= 1;
        const count = answersBySocket.get(socket);
        if (count !== undefined) answersBySocket.set(socket, count - 1);
        onAnswered();
      });
    },
    countAnswers: () => answers,
    isAnswering: (socket) => (answersBySocket.get(socket) ?? 0) > 0,
    async drain(clock, limitMs) {
      const drained = new AbortController();
      onAnswered = () => {
        closeIdle();
        if (answers === 0) drained.abort();
      };
      onAnswered();
      await clock.sleep(limitMs, drained.signal);
      if (answers > 0) for (const socket of answersBySocket.keys()) socket.destroy();
    },
  };
}

/** What was written still reaches the client; what it sends from now on is not read. */
function closeAfterWriting(socket: Duplex): void {
  if (socket.writableLength === 0) socket.destroy();
  else socket.end(() => socket.destroy());
}
