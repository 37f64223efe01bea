import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { formatCommitMessage } from '../../../reconciler/core/audit/commit-message.ts';
import {
  formatNormalForm,
  toDesiredFiles,
  toLiveFile,
} from '../../../reconciler/core/audit/ledger-files.ts';
import { type SealedRecord, sealRecord } from '../../../reconciler/core/audit/record.ts';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import { toRfc3339 } from '../../../reconciler/core/contracts/instant.ts';
import {
  type NormalForm,
  toNormalForm,
  toRef,
} from '../../../reconciler/core/contracts/normal-form.ts';
import type { CommitDraft, FileChange } from '../../../reconciler/ports/git.ts';

export type LedgerShape = {
  readonly seed: number;
  readonly liveResources: number;
  readonly namespaces: number;
};

const START = Date.UTC(2026, 0, 1);
const AUTHOR = { name: 'Plumbline', email: 'plumbline@localhost' };

/** About as large as what the ledger holds of an endpoint: 12 lines, 300 bytes. */
function makeForm(shape: LedgerShape, number: number, generation: number): NormalForm {
  const namespace = `team-${String(number % shape.namespaces).padStart(2, '0')}`;
  const ref = { kind: 'Endpoint', namespace, name: `endpoint-${number}` };
  const version = digestText(`${shape.seed}/${number}/${generation}`);
  return toNormalForm(ref, {
    environment: 'prod',
    model: `model-${number}`,
    replicas: 1 + (generation % 4),
    threshold: 0.5 + (generation % 50) / 100,
    versions: [{ digest: version, percent: 100 }],
  });
}

/** One commit that holds the whole zone, as desired and as live. */
export function makeFirstDraft(shape: LedgerShape): CommitDraft {
  const forms = Array.from({ length: shape.liveResources }, (_, index) =>
    makeForm(shape, index, 0),
  );
  const desired = [...toDesiredFiles(forms)].map(([path, text]) => toChange(path, text));
  const live = forms.map((form) => {
    const { path, text } = toLiveFile(toRef(form), form);
    return toChange(path, text);
  });
  return toDraft(sealNext(null, forms[0] as NormalForm), [...desired, ...live]);
}

/** One effect after the other on resources that the seed chooses, each with its record. */
export function makeEffectDrafts(shape: LedgerShape, count: number): readonly CommitDraft[] {
  const chance = createSeededRandomness(shape.seed);
  const drafts: CommitDraft[] = [];
  let sealed: SealedRecord | null = null;
  for (let generation = 1; generation <= count; generation += 1) {
    const number = Math.floor(chance.fraction() * shape.liveResources);
    const form = makeForm(shape, number, generation);
    sealed = sealNext(sealed, form);
    const { path } = toLiveFile(toRef(form), form);
    drafts.push(toDraft(sealed, [toChange(path, formatNormalForm(form))]));
  }
  return drafts;
}

function sealNext(before: SealedRecord | null, form: NormalForm): SealedRecord {
  const seq = (before?.record.seq ?? 1) + 1;
  const effectId = digestText(`effect ${seq}`);
  const planDigest = digestText('plan');
  const draft = {
    zone: 'ae',
    effectId,
    ref: toRef(form),
    action: 'update',
    outcome: 'succeeded' as const,
    cause: { revision: effectId.slice(7, 47), pull: null, approvals: [], planDigest },
    inputs: { target: digestText(formatNormalForm(form)) },
    policyDigest: digestText('policy'),
    evidence: {},
    at: toRfc3339(START + seq * 1000),
    actor: 'reconciler',
    epoch: 1,
  };
  return sealRecord(draft, { seq, prev: before?.digest ?? null });
}

function toDraft(sealed: SealedRecord, changes: readonly FileChange[]): CommitDraft {
  return {
    message: formatCommitMessage(sealed, 'the release names another version'),
    author: AUTHOR,
    epochSeconds: START / 1000 + sealed.record.seq,
    changes: [...changes, toChange('record.json', sealed.text)],
  };
}

function toChange(path: string, text: string | null): FileChange {
  return { path, content: text === null ? null : new TextEncoder().encode(text) };
}
