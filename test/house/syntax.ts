import { visitorKeys } from 'oxc-parser';

/** A node of the ESTree that the parser gives; the fields depend on `type`. */
export type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
};

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function listChildren(node: Node): readonly Node[] {
  return (visitorKeys[node.type] ?? []).flatMap((key) => {
    const value = node[key];
    if (Array.isArray(value)) return value.filter(isNode);
    return isNode(value) ? [value] : [];
  });
}

/** Calls `visit` for every node, parents first; children are skipped when it returns `false`. */
export function walk(root: Node, visit: (node: Node, parent: Node | null) => unknown): void {
  const pending: [node: Node, parent: Node | null][] = [[root, null]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, parent] = next;
    if (visit(node, parent) === false) continue;
    for (const child of listChildren(node).toReversed()) pending.push([child, node]);
  }
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

export function isFunction(node: Node): boolean {
  return FUNCTIONS.has(node.type);
}

/** TypeScript nodes that still hold an expression; all others are types and mean nothing at run time. */
const EXPRESSIONS_WITH_TYPES: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSExportAssignment',
]);

function isTypeNode(node: Node): boolean {
  return node.type.startsWith('TS') && !EXPRESSIONS_WITH_TYPES.has(node.type);
}

/** A name that the program reads: `Date.now` for `Date.now()`, `process.hrtime.bigint` and so on. */
export type Reference = { readonly chain: string; readonly node: Node; readonly parent: Node };

/**
 * Every identifier in a value position with the member names that follow it. A name that the
 * module declares itself is listed as well: shadowing a global is no way around a rule.
 */
export function listReferences(program: Node): readonly Reference[] {
  const found: Reference[] = [];
  walk(program, (node, parent) => {
    if (isTypeNode(node) || node.type === 'ImportDeclaration') return false;
    const chain = toChain(node);
    if (parent === null || chain === null || isPropertyName(node, parent)) return true;
    found.push({ chain: chain.replace(/^globalThis\./, ''), node, parent });
    return false;
  });
  return found;
}

function toChain(node: Node): string | null {
  if (node.type === 'Identifier') return node['name'] as string;
  if (node.type !== 'MemberExpression' || !isNode(node['object']) || !isNode(node['property'])) {
    return null;
  }
  const object = toChain(node['object']);
  const property = node['property'];
  const name = node['computed'] === true ? property['value'] : property['name'];
  if (object === null || typeof name !== 'string') return null;
  return `${object}.${name}`;
}

function isPropertyName(node: Node, parent: Node): boolean {
  if (parent['computed'] === true || parent['shorthand'] === true) return false;
  return (
    parent['key'] === node || (parent.type === 'MemberExpression' && parent['property'] === node)
  );
}
