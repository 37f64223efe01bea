import type { Clock } from '../ports/clock.ts';

/** npm hands Ctrl-C on to a process that the terminal has told already: an echo is no second wish. */
const ECHO_MS = 1_000;
/** What a shell reports of a process that was ended by SIGINT. */
const EXIT_INTERRUPTED = 130;

export type SignalSource = {
  readonly on: (signal: 'SIGINT' | 'SIGTERM', listener: () => void) => unknown;
};

/** The first signal asks to stop in order; who presses Ctrl-C again does not want to wait. */
export function listenForStop(
  source: SignalSource,
  clock: Clock,
  endAtOnce: (exitCode: number) => void,
): AbortSignal {
  const stop = new AbortController();
  let askedAt: number | null = null;
  const ask = () => {
    askedAt ??= clock.now();
    stop.abort();
  };
  source.on('SIGTERM', ask);
  source.on('SIGINT', () => {
    if (askedAt !== null && clock.now() - askedAt >= ECHO_MS) endAtOnce(EXIT_INTERRUPTED);
    ask();
  });
  return stop.signal;
}
