import { matchesPatterns, parseAllowedSigners } from '../audit/allowed-signers.ts';
import { parsePublicKeyLine } from '../audit/ssh-public-key.ts';
import { encodeBase64 } from '../contracts/base64.ts';
import type { Instant } from '../contracts/instant.ts';

/** Whose key it is, and whether it may sign in this namespace at that time; null when it may not. */
export function findPrincipal(
  allowedSigners: string,
  wanted: { readonly publicKey: string; readonly namespace: string; readonly at: Instant },
): string | null {
  const { publicKey, namespace, at } = wanted;
  const blob = parsePublicKeyLine(publicKey);
  if (blob === null) return null;
  const key = encodeBase64(blob);
  const found = parseAllowedSigners(allowedSigners).signers.find(
    (signer) =>
      signer.key === key &&
      (signer.namespaces === null || matchesPatterns(namespace, signer.namespaces)) &&
      (signer.validAfter ?? at) <= at &&
      at <= (signer.validBefore ?? at),
  );
  return found?.principals.find((principal) => !principal.startsWith('!')) ?? null;
}
