import { decodeUtf8 } from '../contracts/utf8.ts';
import type { Diagnostic, SourceLocation } from '../spec/diagnostic.ts';
import { LIMITS } from '../spec/limits.ts';
import { createLineIndex, type LineIndex, toPosition } from '../spec/line-index.ts';
import { parseYaml, type YamlDocument, type YamlProblem } from '../spec/parse-yaml.ts';
import { readValue } from '../spec/read-value.ts';

export type LocatedDocument = {
  readonly value: unknown;
  /** Where a field stands, by JSON pointer; the document's start for one that is missing. */
  readonly locate: (pointer: string) => SourceLocation;
  /** Where the name of a field stands. */
  readonly locateKey: (pointer: string) => SourceLocation;
};

/** Every document of a YAML file, read as strictly as the platform repo is. */
export function readYamlDocuments(
  path: string,
  bytes: Uint8Array,
): { readonly documents: readonly LocatedDocument[]; readonly diagnostics: readonly Diagnostic[] } {
  const start = { path, line: 1, column: 1 };
  if (bytes.length > LIMITS.fileBytes) {
    const message = `the file is larger than ${LIMITS.fileBytes} bytes`;
    return { documents: [], diagnostics: [toDiagnostic({ code: 'P104', message }, start)] };
  }
  const text = decodeUtf8(bytes);
  if (text === null) {
    const message = 'the file is not UTF-8 text';
    return { documents: [], diagnostics: [toDiagnostic({ code: 'P101', message }, start)] };
  }
  const index = createLineIndex(text);
  const stream = parseYaml(text);
  const read = stream.documents.map((source) => readDocument(path, index, source));
  const stops = stream.stop === null ? [] : [locateProblem(path, index, stream.stop)];
  return {
    documents: read.flatMap(({ document }) => document ?? []),
    diagnostics: [...read.flatMap(({ diagnostics }) => diagnostics), ...stops],
  };
}

function readDocument(path: string, index: LineIndex, source: YamlDocument) {
  const read = readValue(source.document.contents, source.startOffset);
  const { value, problems } = read;
  const locateIn = (offsets: ReadonlyMap<string, number>) => (pointer: string) =>
    toLocation(path, index, findOffset(offsets, pointer) ?? source.startOffset);
  const [locate, locateKey] = [locateIn(read.offsets), locateIn(read.keyOffsets)];
  const diagnostics = [...source.problems, ...problems].map((problem) =>
    locateProblem(path, index, problem),
  );
  const isEmpty = value === null && diagnostics.length === 0;
  return { document: isEmpty ? null : { value, locate, locateKey }, diagnostics };
}

/** A missing field is shown at the nearest thing around it. */
function findOffset(offsets: ReadonlyMap<string, number>, pointer: string): number | undefined {
  let place = pointer;
  while (place !== '' && !offsets.has(place)) place = place.slice(0, place.lastIndexOf('/'));
  return offsets.get(place);
}

function locateProblem(path: string, index: LineIndex, problem: YamlProblem): Diagnostic {
  return toDiagnostic(problem, toLocation(path, index, problem.offset));
}

function toLocation(path: string, index: LineIndex, offset: number): SourceLocation {
  const [line, column] = toPosition(index, offset);
  return { path, line, column };
}

function toDiagnostic(
  problem: Pick<Diagnostic, 'code' | 'message' | 'hint'>,
  location: SourceLocation,
): Diagnostic {
  const { code, message, hint } = problem;
  return { code, severity: 'error', message, location, ...(hint === undefined ? {} : { hint }) };
}
