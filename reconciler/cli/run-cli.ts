import { isCodedError } from '../core/contracts/coded-error.ts';
import { ERROR_CODES } from '../core/contracts/error-codes.ts';
import { type Command, type CommandIo, EXIT_FAILED, EXIT_OK } from './command.ts';

/** Finds the command that the words name, runs it, and turns what it throws into one line. */
export async function runCli(
  commands: readonly Command[],
  argv: readonly string[],
  io: CommandIo,
): Promise<number> {
  const command = findCommand(commands, argv);
  if (command === null) return explain(commands, argv, io);
  const args = argv.slice(command.words.length);
  if (args.includes('--help') || args.includes('-h')) {
    io.write(`${command.help.trim()}\n`);
    return EXIT_OK;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    io.writeError(`${describe(error, io)}\n`);
    return EXIT_FAILED;
  }
}

function findCommand(commands: readonly Command[], argv: readonly string[]): Command | null {
  const matching = commands.filter(({ words }) => words.every((word, i) => argv[i] === word));
  return matching.sort((a, b) => b.words.length - a.words.length)[0] ?? null;
}

function explain(commands: readonly Command[], argv: readonly string[], io: CommandIo): number {
  const [first] = argv;
  const asked = first === undefined || first === 'help' || first === '--help' || first === '-h';
  const width = Math.max(...commands.map(({ words }) => words.join(' ').length));
  const lines = commands.map(
    ({ words, summary }) => `  ${words.join(' ').padEnd(width)}  ${summary}`,
  );
  const usage = [
    'usage: plumb <command> [options]',
    '',
    ...lines,
    '',
    'plumb <command> --help says more.',
  ];
  if (asked) {
    io.write(`${usage.join('\n')}\n`);
    return EXIT_OK;
  }
  io.writeError(`plumb: P601 ${ERROR_CODES.P601}: no command ${argv.slice(0, 2).join(' ')}\n\n`);
  io.writeError(`${usage.join('\n')}\n`);
  return EXIT_FAILED;
}

function describe(error: unknown, io: CommandIo): string {
  if (isCodedError(error)) {
    return `plumb: ${error.code} ${ERROR_CODES[error.code]}: ${error.message}`;
  }
  const trace =
    io.env['PLUMBLINE_TRACE'] === '1' && error instanceof Error ? `\n${error.stack}` : '';
  const message = error instanceof Error ? error.message : String(error);
  return `plumb: P606 ${ERROR_CODES.P606}: ${message}${trace}`;
}
