import { badUsage } from './parse-options.ts';

/** `payments/fraud` on a command line. */
export function parseResourcePath(command: string, what: string, text: string | undefined): string {
  if (text !== undefined && /^[a-z0-9-]{1,63}\/[a-z0-9-]{1,63}$/.test(text)) return text;
  throw badUsage(command, `name ${what} as NAMESPACE/NAME, such as payments/fraud`);
}

/** Repeated `--option NAME=VALUE` as a record; a name that comes twice is a mistake. */
export function parsePairs(
  command: string,
  option: string,
  texts: readonly string[],
): Readonly<Record<string, string>> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at));
    if (name === '') throw badUsage(command, `--${option} wants NAME=VALUE, not ${text}`);
    if (pairs.has(name)) throw badUsage(command, `--${option} has ${name} twice`);
    pairs.set(name, text.slice(at + 1));
  }
  return Object.fromEntries(pairs);
}
