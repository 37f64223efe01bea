import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isDigest } from '../../../core/contracts/digest.ts';

export type Artifact = {
  readonly config: Content;
  readonly layers: readonly Content[];
};

export type Content = { readonly digest: string; readonly size: number };

/** Our own artifacts have two layers at most. */
const MAX_LAYERS = 16;

/** The text's digest was checked, so what is malformed here was published by somebody else. */
export function parseLayers(text: string, what: string): Artifact {
  const value = parseObject(text);
  const config = toContent(value['config']);
  const given = Array.isArray(value['layers']) ? value['layers'].slice(0, MAX_LAYERS) : [];
  const layers = given.map(toContent);
  if (config === null || layers.includes(null)) {
    throw new CodedError('P806', `${what} is no OCI manifest`);
  }
  return { config, layers: layers.filter((layer) => layer !== null) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return toRecord(JSON.parse(text));
  } catch {
    return {};
  }
}

function toContent(value: unknown): Content | null {
  const { digest, size } = toRecord(value);
  if (typeof digest !== 'string' || !isDigest(digest)) return null;
  return Number.isSafeInteger(size) ? { digest, size: size as number } : null;
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? { ...value } : {};
}
