import { encodeBase64 } from '../contracts/base64.ts';
import type { Instant } from '../contracts/instant.ts';
import { type AllowedSigner, matchesPatterns } from './allowed-signers.ts';
import {
  parsePublicKey,
  type SshPublicKey,
  toAlgorithms,
  toPublicKeyLine,
} from './ssh-public-key.ts';
import { formatSignedData, type Hash, parseArmor, type SshSignature } from './ssh-signature.ts';

export type SshVerdict =
  | { readonly state: 'good'; readonly principal: string; readonly publicKey: string }
  | { readonly state: 'bad'; readonly why: string };

/** The arithmetic, which adapters have from their platform. */
export type SshArithmetic = {
  readonly hash: Hash;
  /** May throw: then the signature is bad. */
  readonly isValid: (key: SshPublicKey, signature: SshSignature, data: Uint8Array) => boolean;
};

export type SignatureRules = {
  readonly signers: readonly AllowedSigner[];
  readonly namespace: string;
  /** Who must have signed; null for any allowed signer. */
  readonly principal: string | null;
};

/** Rights before arithmetic: a key that may not sign is refused whatever it signed. */
export function judgeSignature(
  rules: SignatureRules,
  arithmetic: SshArithmetic,
  signed: { readonly payload: Uint8Array; readonly armor: string; readonly at: Instant | null },
): SshVerdict {
  try {
    const signature = parseArmor(signed.armor);
    const key = parsePublicKey(signature.publicKey);
    if (signature.namespace !== rules.namespace) {
      return bad(`it was made in namespace ${signature.namespace}, not ${rules.namespace}`);
    }
    if (!toAlgorithms(key).includes(signature.algorithm)) {
      return bad('its algorithm is not one of its key');
    }
    const found = findSigner(rules, signature, signed.at);
    if (typeof found === 'string') return bad(found);
    const data = formatSignedData(signature, arithmetic.hash(signature.hash, signed.payload));
    if (!arithmetic.isValid(key, signature, data)) return bad('it does not fit what was signed');
    const principal = rules.principal ?? toPrincipal(found);
    return { state: 'good', principal, publicKey: toPublicKeyLine(signature.publicKey) };
  } catch (error) {
    return bad(error instanceof Error ? error.message : 'it cannot be read');
  }
}

function bad(why: string): SshVerdict {
  return { state: 'bad', why };
}

/** A sentence when there is none. */
function findSigner(
  rules: SignatureRules,
  signature: SshSignature,
  at: Instant | null,
): AllowedSigner | string {
  const encoded = encodeBase64(signature.publicKey);
  const ofKey = rules.signers.filter((signer) => signer.key === encoded);
  if (ofKey.length === 0) return 'its key is not among the allowed signers';
  const inNamespace = ofKey.filter(
    ({ namespaces }) => namespaces === null || matchesPatterns(signature.namespace, namespaces),
  );
  if (inNamespace.length === 0) return `its key may not sign in namespace ${signature.namespace}`;
  const inTime = inNamespace.filter((signer) => isInTime(signer, at));
  if (inTime.length === 0) return 'its key was not valid at that time';
  const { principal } = rules;
  const ofPrincipal = inTime.filter(
    ({ principals }) => principal === null || matchesPatterns(principal, principals),
  );
  return ofPrincipal[0] ?? `its key is not one of ${principal}`;
}

/** Both ends belong to the period, as in OpenSSH. */
function isInTime(signer: AllowedSigner, at: Instant | null): boolean {
  const { validAfter, validBefore } = signer;
  if (validAfter === null && validBefore === null) return true;
  if (at === null) return false;
  return (validAfter ?? at) <= at && at <= (validBefore ?? at);
}

function toPrincipal(signer: AllowedSigner): string {
  return signer.principals.find((pattern) => !pattern.startsWith('!')) ?? '';
}
