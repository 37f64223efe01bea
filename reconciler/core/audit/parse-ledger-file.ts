import { parse } from 'yaml';
import type { JsonObject } from '../contracts/json.ts';
import { API_VERSION, type NormalForm } from '../contracts/normal-form.ts';

/** A file below `desired/` or `live/` back to its normal form; null when it is none of ours. */
export function parseLedgerFile(text: string): NormalForm | null {
  const value = parseSafely(text);
  if (!isObject(value) || value['apiVersion'] !== API_VERSION) return null;
  const { kind, metadata, spec } = value;
  if (typeof kind !== 'string' || !isObject(metadata) || !isObject(spec)) return null;
  const { name, namespace } = metadata;
  if (typeof name !== 'string') return null;
  const identity = typeof namespace === 'string' ? { name, namespace } : { name };
  return { apiVersion: API_VERSION, kind, metadata: identity, spec: spec as JsonObject };
}

function parseSafely(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, schema: 'core' });
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
