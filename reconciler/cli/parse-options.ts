import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CodedError } from '../core/contracts/coded-error.ts';

type OptionTable = NonNullable<ParseArgsConfig['options']>;

/** Parses a command's arguments; whatever does not fit is P601 with the way to the help. */
export function parseOptions<const Options extends OptionTable>(
  command: string,
  args: readonly string[],
  options: Options,
  limits: { readonly maxPositionals: number } = { maxPositionals: 0 },
) {
  const parsed = parseSafely(command, args, options);
  if (parsed.positionals.length > limits.maxPositionals) {
    throw badUsage(command, `unexpected argument ${parsed.positionals[limits.maxPositionals]}`);
  }
  return parsed;
}

function parseSafely<const Options extends OptionTable>(
  command: string,
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw badUsage(command, error instanceof Error ? error.message : String(error));
  }
}

export function badUsage(command: string, why: string): CodedError {
  return new CodedError('P601', `${why}; see plumb ${command} --help`);
}

export function parseChoice<const Choice extends string>(
  command: string,
  option: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) {
    throw badUsage(command, `--${option} must be one of ${choices.join(', ')}, not ${text}`);
  }
  return choice;
}

export function parseWholeNumber(
  command: string,
  option: string,
  text: string,
  range: { readonly min: number; readonly max: number },
): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= range.min && number <= range.max)) {
    throw badUsage(command, `--${option} must be a whole number from ${range.min} to ${range.max}`);
  }
  return number;
}
