import type { CommandIo } from '../../../reconciler/cli/command.ts';

/** A terminal that keeps what is written to it. */
export function createCommandIo(change: Partial<CommandIo> = {}) {
  const written: string[] = [];
  const io: CommandIo = {
    write: (text) => written.push(text),
    writeError: (text) => written.push(text),
    isTerminal: false,
    cwd: '/srv',
    env: {},
    stop: new AbortController().signal,
    ...change,
  };
  return { io, output: () => written.join('') };
}
