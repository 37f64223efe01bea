import { isAlias, isMap, isScalar } from 'yaml';
import { mentionsOurApiInText } from './find-mark.ts';
import { isOurApi } from './identify.ts';
import { LIMITS } from './limits.ts';
import { createLineIndex, type LineIndex, type Position, toPosition } from './line-index.ts';
import { parseYaml, type YamlDocument, type YamlProblem } from './parse-yaml.ts';
import type { BrokenDocument, LocalDiagnostic, ParsedDocument, ParsedFile } from './parsed-file.ts';
import { toQuoted } from './printable.ts';
import { readResource } from './read-resource.ts';
import { type ReadValue, readValue } from './read-value.ts';
import type { FieldProblem } from './validate-value.ts';

type Sheet = {
  readonly text: string;
  readonly index: LineIndex;
  readonly documents: ParsedDocument[];
  readonly broken: BrokenDocument[];
  readonly diagnostics: LocalDiagnostic[];
  ignoredDocuments: number;
};

/** The documents of one text: ours become resources or mistakes, others are counted. */
export function readDocuments(text: string): ParsedFile {
  const index = createLineIndex(text);
  const sheet: Sheet = {
    text,
    index,
    documents: [],
    broken: [],
    diagnostics: [],
    ignoredDocuments: 0,
  };
  const stream = parseYaml(text);
  for (const document of stream.documents) readDocument(sheet, document);
  if (stream.stop !== null) {
    const position = toPosition(index, stream.stop.offset);
    sheet.broken.push({ kind: null, ref: null, position, isCertain: false });
    sheet.diagnostics.push(locate(sheet, stream.stop));
  }
  return finish(sheet);
}

function finish(sheet: Sheet): ParsedFile {
  const { documents, broken, ignoredDocuments } = sheet;
  const sorted = [...sheet.diagnostics].sort(
    (left, right) => left.position[0] - right.position[0] || left.position[1] - right.position[1],
  );
  const diagnostics = sorted.slice(0, LIMITS.diagnosticsPerFile);
  const omittedDiagnostics = sorted.length - diagnostics.length;
  return { documents, broken, diagnostics, omittedDiagnostics, ignoredDocuments, isForeign: false };
}

function readDocument(sheet: Sheet, source: YamlDocument): void {
  const root: unknown = source.document.contents;
  const api = findApiVersion(root);
  if (source.problems.length > 0) {
    // What the parser guessed behind a syntax error proves nothing, so the text decides.
    if (!mentionsOurApiInText(sheet.text, source.startOffset, source.endOffset)) {
      sheet.ignoredDocuments += 1;
      return;
    }
  } else if (api.state === 'other') {
    sheet.ignoredDocuments += 1;
    return;
  } else if (api.state === 'none') {
    return;
  }
  const startOffset = root === null ? source.startOffset : toStart(root, source.startOffset);
  const read = readValue(root, startOffset);
  const problems = [...source.problems, ...toDirectiveProblem(source), ...read.problems];
  if (api.state === 'misspelt') problems.push(toMisspeltProblem(api.key, api.offset));
  takeResource(sheet, read, problems, startOffset);
}

function takeResource(
  sheet: Sheet,
  read: ReadValue,
  problems: readonly YamlProblem[],
  startOffset: number,
): void {
  const position = toPosition(sheet.index, startOffset);
  const resource = readResource(read);
  const isReadable = problems.length === 0;
  if (isReadable && resource.content !== null) {
    const positions = toPositions(sheet.index, read);
    sheet.documents.push({ ...resource.content, position, positions });
    return;
  }
  const isSyntax = problems.some(({ code }) => code === 'P102');
  sheet.broken.push({
    kind: resource.kind,
    ref: resource.ref,
    position,
    isCertain: !isSyntax && resource.ref !== null,
  });
  for (const problem of problems) sheet.diagnostics.push(locate(sheet, problem));
  if (!isReadable) return;
  for (const problem of resource.problems)
    sheet.diagnostics.push(locateField(sheet, read, problem));
}

type ApiVersion =
  | { readonly state: 'ours' | 'other' | 'none' }
  /** No `apiVersion`, but another field says what only that one can say. */
  | { readonly state: 'misspelt'; readonly key: string; readonly offset: number };

function findApiVersion(root: unknown): ApiVersion {
  if (root === null || (isScalar(root) && root.value === null)) return { state: 'none' };
  if (!isMap(root)) return { state: 'other' };
  const fields = root.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || typeof key.value !== 'string') return [];
    const isOurs = isScalar(value) && isOurApi(value.value);
    return [{ name: key.value, offset: key.range?.[0] ?? 0, isOurs, isAlias: isAlias(value) }];
  });
  // A key that stands twice is refused later; until then, one of the two being ours is enough.
  const named = fields.filter(({ name }) => name === 'apiVersion');
  if (named.some((field) => field.isOurs || field.isAlias)) return { state: 'ours' };
  const misspelt = fields.find((field) => field.isOurs);
  if (named.length > 0 || misspelt === undefined) return { state: 'other' };
  return { state: 'misspelt', key: misspelt.name, offset: misspelt.offset };
}

function toMisspeltProblem(key: string, offset: number): YamlProblem {
  const message = `unknown field ${toQuoted(key)} where "apiVersion" should be`;
  return { code: 'P111', message, hint: 'did you mean "apiVersion"?', offset };
}

function toDirectiveProblem({ directiveOffset }: YamlDocument): readonly YamlProblem[] {
  if (directiveOffset === null) return [];
  const message = 'a directive (a line that starts with %) is refused';
  return [{ code: 'P103', message, hint: 'remove the line', offset: directiveOffset }];
}

function toStart(root: unknown, fallback: number): number {
  const { range } = root as { readonly range?: readonly number[] | null };
  return range?.[0] ?? fallback;
}

function toPositions(index: LineIndex, read: ReadValue): Readonly<Record<string, Position>> {
  const entries = [...read.offsets].map(([pointer, offset]) => [
    pointer,
    toPosition(index, offset),
  ]);
  return Object.fromEntries(entries) as Readonly<Record<string, Position>>;
}

function locate(sheet: Sheet, problem: YamlProblem): LocalDiagnostic {
  const { code, message, offset } = problem;
  const hint = problem.hint === undefined ? {} : { hint: problem.hint };
  return { code, severity: 'error', message, position: toPosition(sheet.index, offset), ...hint };
}

function locateField(sheet: Sheet, read: ReadValue, problem: FieldProblem): LocalDiagnostic {
  const { pointer, atKey } = problem;
  const offset =
    (atKey ? read.keyOffsets.get(pointer) : undefined) ?? read.offsets.get(pointer) ?? 0;
  return locate(sheet, { ...problem, offset });
}
