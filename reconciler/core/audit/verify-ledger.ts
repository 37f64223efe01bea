import type { Digest } from '../contracts/digest.ts';
import type { Oid } from '../contracts/git.ts';
import type { Instant } from '../contracts/instant.ts';
import type { SshVerdict } from './judge-signature.ts';
import { type ParsedRecord, parseRecord } from './parse-record.ts';
import { type LedgerTrailers, parseTrailers } from './parse-trailers.ts';

/** One commit of the ledger as it was found, nothing of it believed. */
export type LedgerCommit = {
  readonly oid: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
  /** The text of `record.json`; null when the commit has none, or none that is text. */
  readonly recordText: string | null;
  readonly signature: SshVerdict;
};

/** A place of the ledger that somebody else has witnessed. */
export type WitnessedPlace = {
  readonly seq: number;
  readonly record: Digest;
  readonly commit: Oid;
  readonly at: Instant;
};

export type LedgerFindingCode = 'P501' | 'P502' | 'P503' | 'P504' | 'P505' | 'P506';

export type LedgerFinding = {
  readonly code: LedgerFindingCode;
  readonly commit: Oid | null;
  readonly message: string;
};

export type LedgerVerdict = {
  readonly exitCode: number;
  readonly findings: readonly LedgerFinding[];
  /** More were found than are listed. */
  readonly omittedFindings: number;
  readonly records: number;
  readonly tip: { readonly seq: number; readonly commit: Oid } | null;
  /** The first record that no checkpoint covers; null when all are covered. */
  readonly unanchoredSince: number | null;
};

export type LedgerRules = {
  readonly zone: string;
  /** In ascending order. */
  readonly checkpoints: readonly WitnessedPlace[];
  /** Whether records without a checkpoint over them are an error. */
  readonly strict: boolean;
};

/** Takes commits from the oldest to the newest; holds no more of them than their effects' ids. */
export type LedgerCheck = {
  readonly add: (commit: LedgerCommit) => void;
  /** Something that could not even be read. */
  readonly addDamage: (message: string) => void;
  readonly finish: () => LedgerVerdict;
};

/** What the worst finding is, from the surest sign of damage to the mildest. */
const EXIT_CODES: readonly (readonly [LedgerFindingCode, number])[] = [
  ['P501', 2],
  ['P504', 5],
  ['P503', 4],
  ['P502', 3],
  ['P505', 6],
  ['P506', 7],
];

const MAX_FINDINGS = 100;

type Place = {
  readonly oid: Oid;
  readonly seq: number | null;
  readonly record: ParsedRecord | null;
};

type Found = (code: LedgerFindingCode, message: string) => void;

export function createLedgerCheck(rules: LedgerRules): LedgerCheck {
  const findings: LedgerFinding[] = [];
  const codes = new Set<LedgerFindingCode>();
  const effects = new Map<Digest, number>();
  const witnesses = createWitnesses(rules.checkpoints);
  let omittedFindings = 0;
  let records = 0;
  let previous: Place | null = null;

  const find = (commit: Oid | null, code: LedgerFindingCode, message: string): void => {
    codes.add(code);
    if (findings.length < MAX_FINDINGS) findings.push({ code, commit, message });
    else omittedFindings += 1;
  };

  return {
    add(commit) {
      records += 1;
      const found: Found = (code, message) => find(commit.oid, code, message);
      const { trailers, record } = checkCommit(commit, found);
      const seq = record?.seq ?? trailers?.seq ?? null;
      checkParent(commit, previous, found);
      checkPlace(seq, record, previous, found);
      if (record !== null) {
        if (record.zone !== rules.zone) found('P501', `the record is of zone ${record.zone}`);
        checkEffect(record, effects, found);
      }
      if (seq !== null) witnesses.see(seq, commit.oid, record, found);
      previous = toPlace(commit.oid, seq, record, previous);
    },
    addDamage: (message) => find(null, 'P501', message),
    finish() {
      const tip = previous === null ? null : { seq: previous.seq ?? records, commit: previous.oid };
      const found: Found = (code, message) => find(null, code, message);
      witnesses.finish(tip?.seq ?? 0, found);
      const anchored = rules.checkpoints.at(-1)?.seq ?? 0;
      const unanchoredSince = tip !== null && tip.seq > anchored ? anchored + 1 : null;
      if (unanchoredSince !== null && rules.strict) {
        found('P506', `no checkpoint covers the records since ${unanchoredSince}`);
      }
      const exitCode = EXIT_CODES.find(([code]) => codes.has(code))?.[1] ?? 0;
      return { exitCode, findings, omittedFindings, records, tip, unanchoredSince };
    },
  };
}

export function verifyLedger(commits: readonly LedgerCommit[], rules: LedgerRules): LedgerVerdict {
  const check = createLedgerCheck(rules);
  for (const commit of commits) check.add(commit);
  return check.finish();
}

/** What one commit says, on its own. */
function checkCommit(
  commit: LedgerCommit,
  found: Found,
): { readonly trailers: LedgerTrailers | null; readonly record: ParsedRecord | null } {
  if (commit.signature.state === 'bad')
    found('P504', `the signature is bad: ${commit.signature.why}`);
  const trailers = parseTrailers(commit.message);
  if (trailers === null) found('P501', 'the message has not the trailers of a ledger commit');
  if (commit.recordText === null) {
    found('P501', 'the commit has no readable record.json');
    return { trailers, record: null };
  }
  const record = parseRecord(commit.recordText);
  if (typeof record === 'string') {
    found('P501', record);
    return { trailers, record: null };
  }
  if (trailers !== null) checkTrailers(trailers, record, found);
  return { trailers, record };
}

function checkTrailers(trailers: LedgerTrailers, record: ParsedRecord, found: Found): void {
  if (trailers.record !== record.digest)
    found('P501', 'the record is not the one that the message names');
  if (trailers.seq !== record.seq) found('P501', 'message and record have two sequence numbers');
  if (trailers.effect !== record.effectId) found('P501', 'message and record name two effects');
  if (trailers.cause !== record.revision) found('P501', 'message and record name two causes');
}

function checkParent(commit: LedgerCommit, previous: Place | null, found: Found): void {
  const [parent, ...others] = commit.parents;
  if (others.length > 0) found('P501', 'the commit is a merge');
  if (parent === previous?.oid) return;
  if (previous === null) found('P501', 'the first commit has a parent');
  else found('P501', 'the commit does not stand on the one before it');
}

function checkPlace(
  seq: number | null,
  record: ParsedRecord | null,
  previous: Place | null,
  found: Found,
): void {
  const before = previous === null ? 0 : previous.seq;
  if (seq === null || before === null) return;
  if (seq !== before + 1) {
    found('P505', `record ${seq} follows record ${before}`);
    return;
  }
  if (record === null || (previous !== null && previous.record === null)) return;
  if (record.prev !== (previous?.record?.digest ?? null)) {
    found('P501', `record ${seq} does not name the digest of the one before it`);
  }
  if (record.epoch < (previous?.record?.epoch ?? 0)) {
    found('P501', `record ${seq} is of an older epoch than the one before it`);
  }
}

/** A record put in between is a finding of its own; the next is compared with the one before both. */
function toPlace(
  oid: Oid,
  seq: number | null,
  record: ParsedRecord | null,
  previous: Place | null,
): Place {
  const isStray = seq !== null && previous !== null && previous.seq !== null && seq <= previous.seq;
  return isStray ? { ...previous, oid } : { oid, seq, record };
}

function checkEffect(record: ParsedRecord, effects: Map<Digest, number>, found: Found): void {
  const earlier = effects.get(record.effectId);
  if (earlier === undefined) effects.set(record.effectId, record.seq);
  else found('P505', `records ${earlier} and ${record.seq} are of the same effect`);
}

function createWitnesses(checkpoints: readonly WitnessedPlace[]) {
  const unseen = new Map<number, WitnessedPlace[]>();
  for (const checkpoint of checkpoints) {
    unseen.set(checkpoint.seq, [...(unseen.get(checkpoint.seq) ?? []), checkpoint]);
  }
  return {
    see(seq: number, commit: Oid, record: ParsedRecord | null, found: Found): void {
      for (const checkpoint of unseen.get(seq) ?? []) {
        const isSame =
          checkpoint.commit === commit && (record === null || checkpoint.record === record.digest);
        if (!isSame) found('P503', `record ${seq} is not the one that was anchored`);
      }
      unseen.delete(seq);
    },
    finish(tipSeq: number, found: Found): void {
      for (const seq of unseen.keys()) {
        if (seq > tipSeq)
          found('P502', `record ${seq} was anchored, but the ledger ends at ${tipSeq}`);
        else found('P503', `record ${seq} was anchored, but is not in the ledger`);
      }
    },
  };
}
