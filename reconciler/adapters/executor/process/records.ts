import { isDigest } from '../../../core/contracts/digest.ts';
import { API_VERSION, type NormalForm } from '../../../core/contracts/normal-form.ts';
import type { EffectId } from '../../../core/plan/effect.ts';

/** `target.json`: what the target was last made to be, and by which effect. */
export type TargetRecord = {
  readonly form: NormalForm;
  readonly effectId: EffectId;
  readonly epoch: number;
  /** An update under way: written before its first step, cleared by its last. */
  readonly pending: { readonly form: NormalForm; readonly effectId: EffectId } | null;
};

/** What outlives a target that left, so that its last effect is not done again. */
export type Tombstone = {
  readonly effectId: EffectId;
  readonly epoch: number;
  readonly action: string;
};

export function toTargetRecordText(record: TargetRecord): string {
  return `${JSON.stringify({ v: 1, ...record }, null, 2)}\n`;
}

export function toTombstoneText(tombstone: Tombstone): string {
  return `${JSON.stringify({ v: 1, ...tombstone }, null, 2)}\n`;
}

export function parseTargetRecord(text: string, path: string): TargetRecord {
  const record = parseVersioned(text, path) as Partial<TargetRecord>;
  const { form, effectId, epoch, pending } = record;
  const isValid =
    isForm(form) &&
    isEffectId(effectId) &&
    typeof epoch === 'number' &&
    (pending === null || (isForm(pending?.form) && isEffectId(pending?.effectId)));
  if (!isValid) throw new Error(`${path} is malformed`);
  return { form, effectId, epoch, pending: pending ?? null };
}

export function parseTombstone(text: string, path: string): Tombstone {
  const { effectId, epoch, action } = parseVersioned(text, path) as Partial<Tombstone>;
  const isValid = isEffectId(effectId) && typeof epoch === 'number' && typeof action === 'string';
  if (!isValid) throw new Error(`${path} is malformed`);
  return { effectId, epoch, action };
}

/** A newer version of us wrote what we cannot read: guessing would undo its work. */
function parseVersioned(text: string, path: string): object {
  const value: unknown = parseJson(text, path);
  if (value === null || typeof value !== 'object') throw new Error(`${path} is malformed`);
  const version = (value as { readonly v?: unknown }).v;
  if (version !== 1) throw new Error(`${path} has the version ${JSON.stringify(version)}, not 1`);
  return value;
}

export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is no JSON`, { cause });
  }
}

function isForm(value: unknown): value is NormalForm {
  const form = value as Partial<NormalForm> | null | undefined;
  return form?.apiVersion === API_VERSION && typeof form.spec === 'object' && form.spec !== null;
}

function isEffectId(value: unknown): value is EffectId {
  return typeof value === 'string' && isDigest(value);
}
