import type { Module } from '../module.ts';
import { isNode, type Node } from '../syntax.ts';
import { type Finding, isGenerated, type Rule } from '../tree.ts';

/** What a module remembers is shared by everything in the process, and by every test after it. */
export const moduleState: Rule = {
  name: 'module-state',
  check: (tree) => tree.modules.filter((module) => !isAlone(module)).flatMap(findModuleState),
};

/** A test file and a program below `test/` run in a world of their own: nobody can import them. */
function isAlone({ path, program }: Module): boolean {
  const body = Array.isArray(program['body']) ? program['body'].filter(isNode) : [];
  const isProgram = !body.some(({ type }) => type.startsWith('Export'));
  return isGenerated(path) || (path.startsWith('test/') && isProgram);
}

function findModuleState(module: Module): readonly Finding[] {
  const body = Array.isArray(module.program['body']) ? module.program['body'].filter(isNode) : [];
  return body
    .map((node) => (isNode(node['declaration']) ? node['declaration'] : node))
    .filter((node) => node.type === 'VariableDeclaration')
    .flatMap((node) => {
      const message = judge(node, module.text);
      return message === null
        ? []
        : [{ path: module.path, line: module.toLine(node.start), message }];
    });
}

function judge(declaration: Node, text: string): string | null {
  if (declaration['kind'] !== 'const') {
    return `module-level \`${declaration['kind']}\`: keep state in an object that main.ts creates`;
  }
  const declarators = declaration['declarations'];
  const isEmpty =
    Array.isArray(declarators) && declarators.some((item) => isEmptyStore(item, text));
  return isEmpty
    ? 'an empty module-level collection is state in waiting: keep it in an object that main.ts creates'
    : null;
}

const COLLECTIONS: ReadonlySet<unknown> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array']);

/** A type that forbids writing makes even an empty collection a constant. */
const READONLY_TYPE = /^\s*:\s*(readonly\s|Readonly)/;

function isEmptyStore({ id, init }: Node, text: string): boolean {
  if (!isNode(init) || !isNode(id)) return false;
  const annotation = id['typeAnnotation'];
  if (isNode(annotation) && READONLY_TYPE.test(text.slice(annotation.start))) return false;
  if (init.type === 'ArrayExpression') return isEmptyList(init['elements']);
  if (init.type === 'ObjectExpression') return isEmptyList(init['properties']);
  const { callee } = init;
  return (
    init.type === 'NewExpression' &&
    isNode(callee) &&
    COLLECTIONS.has(callee['name']) &&
    isEmptyList(init['arguments'])
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
