import { createHash, timingSafeEqual } from 'node:crypto';
import { CodedError } from '../../core/contracts/coded-error.ts';
import type { Secret } from '../../ports/secrets.ts';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

/** What a browser or a tool on this machine writes into the header, with or without a port. */
const LOOPBACK_HEADER = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/** Shorter ones can be tried out. */
const TOKEN_LENGTH_MIN = 16;

/** `localhost` may be resolved to anything by a file on the machine, so it is not asked for. */
export function toListenAddress(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host;
}

/** Whoever can reach the port can read everything: beyond this machine that takes a token. */
export function checkExposure(host: string, token: Secret | null): void {
  if (token !== null && token.reveal().length < TOKEN_LENGTH_MIN) {
    throw new CodedError('P601', `the token has less than ${TOKEN_LENGTH_MIN} characters`);
  }
  if (token === null && !LOOPBACK_HOSTS.has(host)) {
    const why = 'others can reach it: set a token, or listen on 127.0.0.1';
    throw new CodedError('P601', `${JSON.stringify(host)} needs a token: ${why}`);
  }
}

/**
 * A page of any site may point its own name at 127.0.0.1 and then read the answers as its own
 * (DNS rebinding). The name it used is in the header, and is not ours.
 */
export function isLoopbackHeader(header: string | undefined): boolean {
  return header !== undefined && LOOPBACK_HEADER.test(header);
}

/** Equal-length digests are compared, so that the time tells neither content nor length. */
export function isAuthorised(header: string | undefined, token: Secret): boolean {
  const [, given] = /^Bearer +([!-~]{1,4096})$/i.exec(header ?? '') ?? [];
  const isEqual = timingSafeEqual(toHash(given ?? ''), toHash(token.reveal()));
  return given !== undefined && isEqual;
}

function toHash(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
