import { copyJson } from '../contracts/copy-json.ts';
import type { Json } from '../contracts/json.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import { readContent } from '../spec/read-resource.ts';
import type { Policy } from './policy.ts';
import { type LocatedDocument, readYamlDocuments } from './read-yaml-documents.ts';
import { toPolicy } from './to-policy.ts';

/** The policies of one file; with a diagnostic at its place for everything that is wrong. */
export function parsePolicyFile(
  path: string,
  bytes: Uint8Array,
): { readonly policies: readonly Policy[]; readonly diagnostics: readonly Diagnostic[] } {
  const { documents, diagnostics } = readYamlDocuments(path, bytes);
  const parsed = documents.map(parsePolicy);
  return {
    policies: diagnostics.length > 0 ? [] : parsed.flatMap(({ policy }) => policy ?? []),
    diagnostics: [...diagnostics, ...parsed.flatMap((result) => result.diagnostics)],
  };
}

function parsePolicy(document: LocatedDocument): {
  readonly policy: Policy | null;
  readonly diagnostics: readonly Diagnostic[];
} {
  // Judging fills in defaults, and the document is not ours to change.
  const { content, kind, problems } = readContent(copyJson(document.value as Json));
  if (content === null) {
    return { policy: null, diagnostics: problems.map((one) => toDiagnostic(document, one)) };
  }
  if (kind === 'Policy') return { policy: toPolicy(content.form), diagnostics: [] };
  const message = `a pack holds policies, and this is a ${kind}`;
  const problem = { code: 'P113', pointer: '/kind', message } as const;
  return { policy: null, diagnostics: [toDiagnostic(document, problem)] };
}

export function toDiagnostic(
  document: LocatedDocument,
  problem: Pick<Diagnostic, 'code' | 'message' | 'hint'> & {
    readonly pointer: string;
    readonly atKey?: boolean;
  },
): Diagnostic {
  const { code, message, hint, pointer, atKey = code === 'P111' } = problem;
  const location = atKey ? document.locateKey(pointer) : document.locate(pointer);
  return { code, severity: 'error', message, location, ...(hint === undefined ? {} : { hint }) };
}
