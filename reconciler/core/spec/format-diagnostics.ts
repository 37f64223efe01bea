import type { Diagnostic, SourceLocation } from './diagnostic.ts';
import { foldDiagnostics } from './fold-diagnostics.ts';
import { toPrintable } from './printable.ts';

export type DiagnosticFormat = 'text' | 'json' | 'github';

export type DiagnosticReport = {
  readonly diagnostics: readonly Diagnostic[];
  /** Mistakes that were counted only. */
  readonly omittedDiagnostics?: number;
  /** The text of files by path; where it is known, the text format shows the line. */
  readonly sources?: ReadonlyMap<string, string>;
};

/**
 * Diagnostics for a person, a program or a GitHub check, ending in a line feed unless there is
 * nothing to say. Whatever comes from the repo is escaped and cut, so that a file name cannot
 * forge a line of output or a command to the reader's terminal.
 */
export function formatDiagnostics(report: DiagnosticReport, format: DiagnosticFormat): string {
  switch (format) {
    case 'json':
      return toJson(report);
    case 'github':
      return toLines([...report.diagnostics.map(toAnnotation), ...toOmitted(report)]);
    case 'text':
      return toLines([
        ...foldDiagnostics(report.diagnostics).flatMap((diagnostic) =>
          toTextLines(diagnostic, report.sources),
        ),
        ...toOmitted(report),
      ]);
  }
}

function toLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function toOmitted({ omittedDiagnostics = 0 }: DiagnosticReport): readonly string[] {
  return omittedDiagnostics === 0 ? [] : [`and ${omittedDiagnostics} more`];
}

function toJson({ diagnostics, omittedDiagnostics = 0 }: DiagnosticReport): string {
  return `${JSON.stringify({ diagnostics, omittedDiagnostics }, null, 2)}\n`;
}

function toTextLines(
  diagnostic: Diagnostic,
  sources: ReadonlyMap<string, string> | undefined,
): readonly string[] {
  const { code, severity, message, location, hint, related } = diagnostic;
  const excerpt = toExcerpt(sources?.get(location.path), location);
  return [
    `${toPlaceText(location)}: ${severity} ${code}: ${message}`,
    ...excerpt,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ...(related ?? []).map((note) => `  see ${toPlaceText(note.location)}: ${note.message}`),
  ];
}

export function toPlaceText({ path, line, column }: SourceLocation): string {
  return `${toPrintable(path, 255)}:${line}:${column}`;
}

/** Characters shown before and after the place, so that a long line keeps its caret in view. */
const BEFORE = 60;
const AFTER = 40;

function toExcerpt(source: string | undefined, location: SourceLocation): readonly string[] {
  const line = source === undefined ? null : findLine(source, location.line);
  if (line === null) return [];
  const at = Math.min(location.column - 1, line.length);
  const start = Math.max(0, at - BEFORE);
  const before = `${start > 0 ? '…' : ''}${toPrintable(line.slice(start, at), BEFORE)}`;
  const after = toPrintable(line.slice(at, at + AFTER), AFTER);
  const number = String(location.line);
  return [
    `  ${number} | ${before}${after}${at + AFTER < line.length ? '…' : ''}`,
    `  ${' '.repeat(number.length)} | ${' '.repeat(before.length)}^`,
  ];
}

function findLine(source: string, number: number): string | null {
  let start = 0;
  for (let line = 1; line < number; line += 1) {
    const end = source.indexOf('\n', start);
    if (end < 0) return null;
    start = end + 1;
  }
  const end = source.indexOf('\n', start);
  return source.slice(start, end < 0 ? source.length : end).replace(/\r$/, '');
}

/** https://docs.github.com/actions/reference/workflow-commands: properties escape more than text. */
function toAnnotation({ code, severity, message, location, hint }: Diagnostic): string {
  const { path, line, column } = location;
  const text = hint === undefined ? message : `${message}\n${hint}`;
  const place = `file=${escapeProperty(path)},line=${line},col=${column},title=${code}`;
  return `::${severity} ${place}::${escapeText(text)}`;
}

function escapeText(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
