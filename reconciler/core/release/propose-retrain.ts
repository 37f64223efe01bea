import { type Digest, toShortDigest } from '../contracts/digest.ts';
import type { VersionRecord } from '../contracts/generated/version-record.generated.ts';
import type { Ref } from '../contracts/ref.ts';
import { describeEvidence } from '../drift/describe-evidence.ts';
import type { DriftRecord } from '../drift/drift-record.ts';
import type { EffectId } from '../plan/effect.ts';
import { toPrintable } from '../spec/printable.ts';
import { replaceAsOf } from './model-text.ts';
import type { Proposal, RepoFile } from './proposal.ts';
import { describeVersion } from './propose-release.ts';
import { replaceVersions } from './release-text.ts';

/** A model that was trained anew because live data drifted, and what asked for it. */
export type RetrainQuestion = {
  readonly model: Ref;
  readonly endpoint: Ref;
  readonly asOf: string;
  readonly record: VersionRecord;
  /** The version that drift was found for. */
  readonly of: string;
  readonly alarm: { readonly effectId: EffectId; readonly verdict: DriftRecord };
  /** Where main has the model, and the release of its endpoint. */
  readonly modelFile: RepoFile;
  readonly releaseFile: RepoFile;
};

const MAX_WHY_LENGTH = 300;

/** Names the cause: a model, and the version that no longer fits what is asked. */
export function toRetrainBranch(model: Ref, of: string): string {
  return `${toBranchPrefix(model)}${toShortDigest(of as Digest).slice('sha256:'.length)}`;
}

function toBranchPrefix({ namespace, name }: Ref): string {
  return `plumbline/retrain/${namespace}.${name}/`;
}

/** Null when main has one of the two in a file that only a person can edit. */
export function proposeRetrain(question: RetrainQuestion): Proposal | null {
  const { model, endpoint, asOf, record, of } = question;
  const files = editFiles(question);
  if (files === null) return null;
  return {
    branch: toRetrainBranch(model, of),
    replaces: toBranchPrefix(model),
    title: `Retrain ${model.namespace}/${model.name} on data up to ${asOf} and release ${toShortDigest(record.version)} to ${endpoint.name}`,
    body: describeRetraining(question),
    files,
    // A model's window is people's to move.
    mergedBecause: null,
  };
}

/** Both edits in one file, where main has both there. */
function editFiles(question: RetrainQuestion): readonly RepoFile[] | null {
  const { model, endpoint, asOf, record, modelFile, releaseFile } = question;
  const window = replaceAsOf(modelFile.text, { ...model, asOf });
  const isOneFile = modelFile.path === releaseFile.path;
  const text = isOneFile ? window : releaseFile.text;
  if (window === null || text === null) return null;
  const { version } = record;
  const words = { namespace: endpoint.namespace, endpoint: endpoint.name, version };
  const released = replaceVersions(text, words);
  if (released === null) return null;
  const release = { path: releaseFile.path, text: released };
  return isOneFile ? [release] : [{ path: modelFile.path, text: window }, release];
}

function describeRetraining({ model, endpoint, asOf, record, of, alarm }: RetrainQuestion): string {
  const { verdict, effectId } = alarm;
  const bars = describeEvidence(verdict);
  return [
    `What ${endpoint.namespace}/${endpoint.name} is asked has drifted from what ${toShortDigest(of)} learnt: ${toPrintable(verdict.why, MAX_WHY_LENGTH)}. The machine has trained ${model.namespace}/${model.name} on data up to ${asOf}, and the result passed its gates. Merging this moves the model's window and releases the version, by the steps of its endpoint.`,
    '',
    `What moved, in nats, over ${verdict.pooledRows} rows up to ${verdict.to}:`,
    '',
    '```',
    ...(bars.length === 0 ? ['nothing that is large by itself'] : bars),
    '```',
    '',
    ...describeVersion(record),
    `- asked for by the effect ${effectId} in the ledger`,
    '',
    'Closing this declines the retraining; nothing else is proposed for the version that is served.',
  ].join('\n');
}
