import { isCodedError } from '../core/contracts/coded-error.ts';
import { ERROR_CODES } from '../core/contracts/error-codes.ts';
import { toPrintable } from '../core/forge/printable.ts';
import { findNearestName } from '../core/spec/nearest-name.ts';
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
  if (args.some(isHelp)) {
    io.write(`${command.help.trim()}\n`);
    return EXIT_OK;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    // What it quotes may be of other people.
    io.writeError(`${toPrintable(describe(error, io))}\n`);
    return EXIT_FAILED;
  }
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

function findCommand(commands: readonly Command[], argv: readonly string[]): Command | null {
  const matching = commands.filter(({ words }) => words.every((word, i) => argv[i] === word));
  return matching.sort((a, b) => b.words.length - a.words.length)[0] ?? null;
}

/** Of a group, such as `plumb model`, only its own commands are told. */
function explain(commands: readonly Command[], argv: readonly string[], io: CommandIo): number {
  const [first, second] = argv;
  const group = commands.filter(({ words }) => words.length > 1 && words[0] === first);
  const usage = renderUsage(group.length > 0 ? group : commands);
  const asked = first === undefined || first === 'help' || isHelp(first);
  if (asked || (group.length > 0 && second !== undefined && isHelp(second))) {
    io.write(usage);
    return EXIT_OK;
  }
  io.writeError(`plumb: P601 ${ERROR_CODES.P601}: ${describeMiss(commands, group, argv)}\n\n`);
  io.writeError(usage);
  return EXIT_FAILED;
}

function renderUsage(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ words }) => words.join(' ').length));
  const lines = commands.map(
    ({ words, summary }) => `  ${words.join(' ').padEnd(width)}  ${summary}`,
  );
  const head = ['usage: plumb <command> [options]', ''];
  return `${[...head, ...lines, '', 'plumb <command> --help says more.'].join('\n')}\n`;
}

function describeMiss(
  commands: readonly Command[],
  group: readonly Command[],
  [first = '', second = '']: readonly string[],
): string {
  const isGroup = group.length > 0;
  if (isGroup && (second === '' || second.startsWith('-'))) {
    return `plumb ${first} has ${group.map(({ words }) => words[1]).join(', ')}: name one of them`;
  }
  const wanted = isGroup ? second : first;
  const places = isGroup
    ? group.map(({ words }) => words[1])
    : commands.map(({ words }) => words[0]);
  const nearest = findNearestName(
    wanted,
    places.filter((word) => word !== undefined),
  );
  const before = isGroup ? `${first} ` : '';
  const missing = `no command ${before}${wanted}`;
  return nearest === null ? missing : `${missing}; did you mean plumb ${before}${nearest}?`;
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
