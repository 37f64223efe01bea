import { type Diagnostic, isError } from './diagnostic.ts';

/** Names that fit a line; the files say the rest. */
const MAX_NAMES = 8;

/**
 * Diagnostics for a person: what has to be mended first, and what one mistake holds back in one
 * line at the place of that mistake. A program gets them as they are.
 */
export function foldDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const errors = diagnostics.filter(isError);
  const warnings = diagnostics.filter((one) => !isError(one));
  const groups = new Map<string, Diagnostic[]>();
  for (const [index, warning] of warnings.entries()) {
    const cause = warning.heldBack?.by ?? `alone ${index}`;
    const group = groups.get(cause);
    if (group === undefined) groups.set(cause, [warning]);
    else group.push(warning);
  }
  return [...errors, ...[...groups.values()].flatMap(foldGroup)];
}

function foldGroup(group: readonly Diagnostic[]): readonly Diagnostic[] {
  const [first] = group;
  if (first?.heldBack === undefined || group.length === 1) return group;
  const { by, at } = first.heldBack;
  const names = group.flatMap(({ heldBack }) => heldBack?.what ?? []);
  const shown = names.slice(0, MAX_NAMES).join(', ');
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  const { code, severity } = first;
  const message = `${by}, which is invalid, holds back ${names.length}: ${shown}${more}`;
  const hint = 'they stay as they were until that is mended';
  return [{ code, severity, message, location: at, hint }];
}
