import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { isNode, type Node, walk } from './syntax.ts';

export type Import = {
  readonly specifier: string;
  /** The file in the repo that a relative specifier names, else null. */
  readonly target: string | null;
  readonly isTypeOnly: boolean;
  readonly isDynamic: boolean;
  /** Imported names by local name; `*` for a namespace, `default` for a default import. */
  readonly names: ReadonlyMap<string, string>;
  readonly line: number;
};

export type Comment = { readonly text: string; readonly line: number };

/** A parsed source file. */
export type Module = {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  readonly imports: readonly Import[];
  readonly comments: readonly Comment[];
  readonly toLine: (offset: number) => number;
};

/** Throws when the file does not parse: every rule would be blind to it. */
export function parseModule(file: { readonly path: string; readonly text: string }): Module {
  const result = parseSync(file.path, file.text, { sourceType: 'module' });
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`${file.path} does not parse: ${error.message}`);
  const program = result.program as unknown as Node;
  const toLine = createLineIndex(file.text);
  return {
    path: file.path,
    text: file.text,
    program,
    imports: listImports(file.path, program, toLine),
    comments: result.comments.map((comment) => ({
      text: comment.value,
      line: toLine(comment.start),
    })),
    toLine,
  };
}

function createLineIndex(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function listImports(
  path: string,
  program: Node,
  toLine: (offset: number) => number,
): readonly Import[] {
  const found: Import[] = [];
  walk(program, (node) => {
    const source = node['source'] ?? node['argument'];
    if (!IMPORTING.has(node.type) || (node.type !== 'ImportExpression' && !isNode(source))) return;
    const specifier = isNode(source) ? toLiteral(source) : null;
    found.push({
      specifier: specifier ?? '',
      target: specifier?.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null,
      isTypeOnly: isTypeOnly(node),
      isDynamic: node.type === 'ImportExpression',
      names: listNames(node),
      line: toLine(node.start),
    });
  });
  return found;
}

const IMPORTING: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

/** The text of a string literal or of a template without holes; null for anything computed. */
function toLiteral(node: Node): string | null {
  if (typeof node['value'] === 'string') return node['value'];
  if (isNode(node['literal'])) return toLiteral(node['literal']);
  const quasis = node['quasis'];
  if (!Array.isArray(quasis) || quasis.length !== 1) return null;
  const value: unknown = quasis[0]?.value?.cooked;
  return typeof value === 'string' ? value : null;
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = node['specifiers'];
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((item) => item.importKind === 'type' || item.exportKind === 'type');
}

function listNames(node: Node): ReadonlyMap<string, string> {
  const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : [];
  return new Map(
    specifiers.map((item) => {
      const local = toName(item['local']);
      if (item.type === 'ImportNamespaceSpecifier') return [local, '*'];
      if (item.type === 'ImportDefaultSpecifier') return [local, 'default'];
      return [local, toName(item['imported'] ?? item['exported'])];
    }),
  );
}

function toName(value: unknown): string {
  if (!isNode(value)) return '';
  const name = value['name'] ?? value['value'];
  return typeof name === 'string' ? name : '';
}
