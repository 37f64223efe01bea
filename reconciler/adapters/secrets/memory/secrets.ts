import { CodedError } from '../../../core/contracts/coded-error.ts';
import {
  isSecretKey,
  isSecretName,
  MAX_SECRET_BYTES,
} from '../../../core/contracts/secret-name.ts';
import { Secret, type SecretRef, type SecretSource } from '../../../ports/secrets.ts';

export interface MemorySecrets extends SecretSource {
  put(ref: SecretRef, value: string): void;
}

export function createMemorySecrets(): MemorySecrets {
  const values = new Map<string, string>();
  return {
    put(ref, value) {
      values.set(toAddress(ref), value);
    },
    async resolve(ref) {
      const isNamed = isSecretName(ref.name) && isSecretKey(ref.key);
      const value = isNamed ? values.get(toAddress(ref)) : undefined;
      if (value === undefined || value === '') throw refuse(ref, 'there is none');
      if (Buffer.byteLength(value) > MAX_SECRET_BYTES) throw refuse(ref, 'it is too large');
      return new Secret(value);
    },
  };
}

function toAddress(ref: SecretRef): string {
  return `${ref.name}/${ref.key}`;
}

function refuse(ref: SecretRef, why: string): CodedError {
  const title = `${JSON.stringify(ref.name)}, key ${JSON.stringify(ref.key)}`.slice(0, 300);
  return new CodedError('P407', `secret ${title}: ${why}`);
}
