import { stringify } from 'yaml';
import type { NormalForm } from '../contracts/normal-form.ts';
import { toRef } from '../contracts/normal-form.ts';
import type { Ref } from '../contracts/ref.ts';

/** Where a resource stands in the ledger's tree; desired and live have one layout. */
function toLedgerPath(folder: 'desired' | 'live', ref: Ref): string {
  return `${folder}/${ref.kind.toLowerCase()}/${ref.namespace}/${ref.name}.yaml`;
}

/** Keys in the order a person expects, the spec's sorted, so that equal forms are equal bytes. */
export function formatNormalForm(form: NormalForm): string {
  const { apiVersion, kind, metadata, spec } = form;
  return stringify(
    { apiVersion, kind, metadata, spec },
    { sortMapEntries: byEnvelopeThenName, lineWidth: 0, aliasDuplicateObjects: false },
  );
}

const ENVELOPE = ['apiVersion', 'kind', 'metadata', 'spec'];

function byEnvelopeThenName(left: { key: unknown }, right: { key: unknown }): number {
  const a = rank(toText(left.key));
  const b = rank(toText(right.key));
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(key: string): string {
  const place = ENVELOPE.indexOf(key);
  return place === -1 ? `9${key}` : `${place}`;
}

function toText(key: unknown): string {
  return typeof key === 'object' && key !== null && 'value' in key
    ? String(key.value)
    : String(key);
}

export function toLiveFile(
  ref: Ref,
  live: NormalForm | null,
): { readonly path: string; readonly text: string | null } {
  return { path: toLedgerPath('live', ref), text: live === null ? null : formatNormalForm(live) };
}

export function toDesiredFiles(desired: readonly NormalForm[]): ReadonlyMap<string, string> {
  return new Map(
    desired.map((form) => [toLedgerPath('desired', toRef(form)), formatNormalForm(form)]),
  );
}
