import { CodedError } from '../../core/contracts/coded-error.ts';
import { type Digest, digestJson, toShortDigest } from '../../core/contracts/digest.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { toRef } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { toDefinitionDigest } from '../../core/features/contract.ts';
import type { ViewDefinition } from '../../core/features/view-definition.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { OnlineFeatures, OnlineState } from '../../ports/online-features.ts';
import type { Snapshots, StoredSnapshot } from '../../ports/snapshots.ts';
import { resolveViewDefinition } from '../view-definitions.ts';
import type { ZoneForms } from '../zone-forms.ts';
import { describeUse, type FindViewUses, type ViewUses } from './view-uses.ts';

export type ViewRowsPorts = {
  readonly findUses: FindViewUses;
  readonly forms: ZoneForms;
  readonly snapshots: Snapshots;
  readonly onlineFeatures: OnlineFeatures;
};

export type WantedRows = {
  readonly digest: Digest;
  readonly definition: ViewDefinition;
  readonly snapshot: StoredSnapshot;
};

/** Which rows of a view should be there, and which are. */
export type ViewRows = {
  readonly live: WantedRows;
  /** Of the live definition when it is online, and of each one that a served version looks up by. */
  readonly wanted: readonly WantedRows[];
  readonly states: readonly OnlineState[];
  /** Definitions whose rows stay: what is wanted, and what cannot be made anew but is looked up. */
  readonly kept: readonly string[];
  readonly served: ViewUses;
  /** Why a served version does not get what it looks up, or not what is newest; empty: all do. */
  readonly lacking: string;
};

/** What cannot be told now is looked at again later: it throws. */
export async function findViewRows(ports: ViewRowsPorts, form: NormalForm): Promise<ViewRows> {
  const view = toResourcePath(toRef(form));
  const live = await findLive(ports, form);
  const served = await ports.findUses(view);
  const states = await ports.onlineFeatures.listStates(view);
  const wanted = toTypedSpec(form, 'FeatureView').online ? [live] : [];
  const kept = new Set<string>(wanted.map(({ digest }) => digest));
  let lacking = '';
  for (const use of served.uses) {
    if (kept.has(use.definitionDigest)) continue;
    kept.add(use.definitionDigest);
    const found = await findServed(ports, live, use.definitionDigest);
    if ('why' in found) lacking ||= `${describeUse(use)}, ${found.why}`;
    else wanted.push(found);
  }
  return { live, wanted, states, kept: [...kept], served, lacking };
}

/** Nobody looks anything up by them, and no node may do so still. */
export function listUnused({ states, kept, served }: ViewRows): readonly string[] {
  if (served.behind !== '') return [];
  const digests = states.map(({ definitionDigest }) => definitionDigest);
  return digests.filter((digest) => !kept.includes(digest));
}

/** What the rows that should be there are made from, as one digest. */
export function digestWanted({ live, wanted }: ViewRows): string {
  const rows = wanted.map(({ digest, snapshot }) => [digest, snapshot.record.digest]);
  return toMadeFrom(live.digest, rows);
}

/** The same of what is there: equal when exactly what is wanted is there, from what it should be. */
export function digestMade(rows: ViewRows, definitionDigest: string): string {
  const unused = listUnused(rows);
  const counted = rows.states.filter(
    ({ definitionDigest: digest }) =>
      unused.includes(digest) || rows.wanted.some((one) => one.digest === digest),
  );
  return toMadeFrom(
    definitionDigest,
    counted.map(({ definitionDigest: digest, snapshotDigest }) => [digest, snapshotDigest]),
  );
}

function toMadeFrom(definition: string, rows: readonly (readonly string[])[]): string {
  const sorted = rows.map(([digest = '', snapshot = '']) => `${digest} ${snapshot}`).sort();
  return digestJson({ definition, rows: sorted });
}

async function findLive(ports: ViewRowsPorts, form: NormalForm): Promise<WantedRows> {
  const definition = await resolveViewDefinition(ports.forms, form);
  const snapshot = await ports.snapshots.readAccepted(definition.source);
  if (snapshot !== null) return { digest: toDefinitionDigest(definition), definition, snapshot };
  const message = `the source ${definition.source} has no accepted snapshot`;
  throw new CodedError('P802', message, { remedy: 'retry' });
}

/** A definition that is not the view's any more stands in the store, as it was. */
async function findServed(
  { onlineFeatures, snapshots }: ViewRowsPorts,
  live: WantedRows,
  digest: string,
): Promise<WantedRows | { readonly why: string }> {
  if (digest === live.digest) return live;
  const short = toShortDigest(digest);
  const definition = await onlineFeatures.readDefinition(digest);
  if (definition === null) {
    return { why: `was trained on the definition ${short}, which is not in the store any more` };
  }
  const snapshot = await snapshots.readAccepted(definition.source);
  if (snapshot !== null) return { digest: digest as Digest, definition, snapshot };
  return {
    why: `was trained on the definition ${short}, whose source ${definition.source} has no accepted snapshot: its features grow old`,
  };
}
