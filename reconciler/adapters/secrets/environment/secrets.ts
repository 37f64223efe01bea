import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isSecretName, MAX_SECRET_BYTES } from '../../../core/contracts/secret-name.ts';
import { Secret, type SecretRef, type SecretSource } from '../../../ports/secrets.ts';

/**
 * Secrets in variables `PLUMBLINE_SECRET_<NAME>_<KEY>`: upper case, and a hyphen becomes two
 * underscores. One underscore would give `a-b`, `c` and `a`, `b-c` the same variable, and so let
 * whoever may name one secret read another; for the same reason a key must be spelled like a name.
 */
export function createEnvironmentSecrets(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
}): SecretSource {
  return {
    async resolve(ref) {
      if (!isSecretName(ref.name) || !isSecretName(ref.key)) {
        throw refuse(ref, 'here both must be lower-case words joined by hyphens');
      }
      const variable = toVariable(ref);
      const value = options.environment[variable];
      if (value === undefined || value === '') throw refuse(ref, `${variable} is not set`);
      if (Buffer.byteLength(value) > MAX_SECRET_BYTES)
        throw refuse(ref, `${variable} is too large`);
      return new Secret(value);
    },
  };
}

function toVariable(ref: SecretRef): string {
  const spell = (word: string) => word.toUpperCase().replaceAll('-', '__');
  return `PLUMBLINE_SECRET_${spell(ref.name)}_${spell(ref.key)}`;
}

function refuse(ref: SecretRef, why: string): CodedError {
  const title = `${JSON.stringify(ref.name)}, key ${JSON.stringify(ref.key)}`.slice(0, 300);
  return new CodedError('P407', `secret ${title}: ${why}`);
}
