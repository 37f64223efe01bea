import type { Clock } from '../ports/clock.ts';
import type { CommandIo } from './command.ts';
import { listenForStop } from './stop-signals.ts';

/** What a command sees of the process that runs it. Signals are taken over when it asks for them. */
export function createProcessIo(program: NodeJS.Process, clock: Clock): CommandIo {
  for (const stream of [program.stdout, program.stderr]) stream.on('error', passOverClosedPipe);
  let stop: AbortSignal | null = null;
  return {
    write: (text) => program.stdout.write(text),
    writeError: (text) => program.stderr.write(text),
    isTerminal: program.stdout.isTTY === true,
    cwd: program.cwd(),
    env: program.env,
    get stop() {
      stop ??= listenForStop(program, clock, (code) => program.exit(code));
      return stop;
    },
  };
}

/** Whoever reads our output may have had enough of it, as `head` has. */
function passOverClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
