/** Lower-case words joined by hyphens: what every source can hold without a second spelling. */
const SECRET_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** As a file name or a Kubernetes key; never a dot alone, a path, or an option. */
const SECRET_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) && !key.includes('..');
}

/** A larger one is no password or key, but a file that was named by mistake. */
export const MAX_SECRET_BYTES = 64 * 1024;
