import { type Ref, type RefKey, toRefKey } from '../contracts/ref.ts';
import { decideValidity } from '../graph/decide-validity.ts';
import { UNCLEAR } from '../graph/placement.ts';
import { listReferences } from '../graph/references.ts';
import type { BrokenResource, HeldBack, Validity } from '../graph/validity.ts';
import { compareDiagnostics, type Diagnostic, isError, type SourceLocation } from './diagnostic.ts';
import { LIMITS } from './limits.ts';
import type { Position } from './line-index.ts';
import type { LocalDiagnostic, ParsedFile } from './parsed-file.ts';
import type { Resource } from './resource.ts';

export type RevisionFile = { readonly path: string; readonly parsed: ParsedFile };

/**
 * What a revision asks for, as far as it can be followed. Its diagnostics are in the order of
 * files, lines and columns; when it is frozen, nothing is valid and everything is held back.
 */
export type RevisionJudgement = Validity & {
  /** Mistakes beyond the limits, counted only. */
  readonly omittedDiagnostics: number;
  /**
   * Files with documents of which it is unknown whose they are. While there is one, a resource
   * that is missing may be in it, so none may be taken for removed.
   */
  readonly uncertainPaths: readonly string[];
  /** Documents of other APIs that stand in a file with ours. */
  readonly ignoredDocuments: number;
  /** YAML files that do not name our API; they are not read. */
  readonly ignoredFiles: number;
};

/**
 * Judges all files of a revision together. Pure and total: the same files in any order give the
 * same judgement, and no content makes it throw. `refusals` are mistakes found before parsing,
 * such as too many files; any of them freezes the repo.
 */
export function judgeRevision(
  files: readonly RevisionFile[],
  refusals: readonly Diagnostic[] = [],
): RevisionJudgement {
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
  const gathered = gather(sorted);
  const excess = findExcess(gathered);
  if (excess.length + refusals.length > 0) {
    return finish(sorted, gathered, { ...NOTHING_VALID, diagnostics: [...refusals, ...excess] });
  }
  return finish(sorted, gathered, decideValidity(gathered));
}

type Gathered = {
  readonly resources: readonly Resource[];
  readonly broken: readonly BrokenResource[];
};

function gather(files: readonly RevisionFile[]): Gathered {
  const resources = files.flatMap(({ path, parsed }) =>
    parsed.documents.map(
      ({ position, ...document }): Resource => ({ ...document, location: place(path, position) }),
    ),
  );
  const broken = files.flatMap(({ path, parsed }) =>
    parsed.broken.map(({ kind, ref, position }) => ({
      kind,
      ref,
      location: place(path, position),
    })),
  );
  return { resources, broken };
}

function findExcess({ resources, broken }: Gathered): readonly Diagnostic[] {
  const surplus = [...resources, ...broken][LIMITS.documents];
  if (surplus !== undefined) return [toExcess(`${LIMITS.documents} documents`, surplus.location)];
  let references = 0;
  for (const resource of resources) {
    references += listReferences(resource).length;
    if (references <= LIMITS.references) continue;
    return [toExcess(`${LIMITS.references} references`, resource.location)];
  }
  return [];
}

function toExcess(what: string, location: SourceLocation): Diagnostic {
  const message = `the repo has more than ${what}`;
  const hint = 'nothing of this revision is followed until there are fewer';
  return { code: 'P105', severity: 'error', message, location, hint };
}

const NOTHING_VALID = { valid: [], zones: [], heldBack: [], frozen: true } as const;

function finish(
  files: readonly RevisionFile[],
  gathered: Gathered,
  decision: Validity,
): RevisionJudgement {
  const local = files.flatMap(({ path, parsed }) =>
    parsed.diagnostics.map((diagnostic) => placeDiagnostic(path, diagnostic)),
  );
  const all = [...local, ...decision.diagnostics].sort(compareDiagnostics);
  const diagnostics = chooseTold(all);
  const omitted = files.reduce((sum, { parsed }) => sum + parsed.omittedDiagnostics, 0);
  return {
    ...decision,
    heldBack: decision.frozen ? listAll(gathered) : decision.heldBack,
    valid: decision.frozen ? [] : decision.valid,
    diagnostics,
    omittedDiagnostics: omitted + all.length - diagnostics.length,
    uncertainPaths: files
      .filter(({ parsed }) => parsed.broken.some(({ isCertain }) => !isCertain))
      .map(({ path }) => path),
    ignoredDocuments: files.reduce((sum, { parsed }) => sum + parsed.ignoredDocuments, 0),
    ignoredFiles: files.filter(({ parsed }) => parsed.isForeign).length,
  };
}

/** Of more than are told, mistakes come before what waits for them; the order stays. */
function chooseTold(all: readonly Diagnostic[]): readonly Diagnostic[] {
  if (all.length <= LIMITS.diagnostics) return all;
  const byUse = [...all.filter(isError), ...all.filter((one) => !isError(one))];
  const told = new Set(byUse.slice(0, LIMITS.diagnostics));
  return all.filter((one) => told.has(one));
}

function listAll({ resources, broken }: Gathered): readonly HeldBack[] {
  const refs = new Map<RefKey, Ref>();
  for (const { ref } of [...resources, ...broken]) if (ref !== null) refs.set(toRefKey(ref), ref);
  const sorted = [...refs].sort(([left], [right]) => (left < right ? -1 : 1));
  const why = 'the whole revision is held back';
  return sorted.map(([, ref]) => ({ ref, why, placement: UNCLEAR }));
}

function place(path: string, [line, column]: Position): SourceLocation {
  return { path, line, column };
}

function placeDiagnostic(path: string, diagnostic: LocalDiagnostic): Diagnostic {
  const { position, related, ...rest } = diagnostic;
  const placed = { ...rest, location: place(path, position) };
  if (related === undefined) return placed;
  const places = related.map((note) => ({
    message: note.message,
    location: place(path, note.position),
  }));
  return { ...placed, related: places };
}
