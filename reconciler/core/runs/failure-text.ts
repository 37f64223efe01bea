/** What people see of a program's own words; the rest stays in its log. */
export const MAX_FAILURE_CHARACTERS = 1024;

const CONTROLS = /\p{Cc}+/gu;

/**
 * `password=…`, `Bearer …`, the user part of an address and private keys: a program should say
 * none of them, and the text goes to places that outlive it.
 */
const SECRETS: readonly (readonly [pattern: RegExp, mark: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)/gs, '[redacted]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]{1,512}@/gi, '$1[redacted]@'],
  [
    /([\w-]{0,64}(?:password|passwd|secret|token|api[_-]?key|access[_-]?key)["']?\s{0,8}[=:]\s{0,8}["']?)[^\s"',;]{1,512}/gi,
    '$1[redacted]',
  ],
];

export function redactSecrets(text: string): string {
  return SECRETS.reduce((redacted, [pattern, mark]) => redacted.replace(pattern, mark), text);
}

/** The first characters of what a program said, on one line; null when it said nothing. */
export function toFailureText(raw: string): string | null {
  const line = redactSecrets(raw).replace(CONTROLS, ' ').trim();
  const text = [...line.slice(0, 2 * MAX_FAILURE_CHARACTERS)];
  return text.length === 0 ? null : text.slice(0, MAX_FAILURE_CHARACTERS).join('');
}
