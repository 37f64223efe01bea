import type { Module } from '../module.ts';
import { isFunction, type Node, walk } from '../syntax.ts';
import { type Finding, isGenerated, type Rule } from '../tree.ts';

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;

export const fileSize: Rule = {
  name: 'file-size',
  check: (tree) =>
    tree.files
      .filter((file) => /\.(ts|mjs|py|sql|sh|html|css)$|^\.ci\//.test(file.path))
      .filter((file) => !isGenerated(file.path))
      .flatMap((file) => {
        const lines = file.text.split('\n').length - 1;
        const message = `${lines} lines, at most ${FILE_LINES_MAX}: split it by what changes together`;
        return lines > FILE_LINES_MAX ? [{ path: file.path, line: FILE_LINES_MAX, message }] : [];
      }),
};

export const functionSize: Rule = {
  name: 'function-size',
  check: (tree) =>
    tree.modules.filter((module) => !isGenerated(module.path)).flatMap(findLongFunctions),
};

function findLongFunctions(module: Module): readonly Finding[] {
  const found: Finding[] = [];
  walk(module.program, (node) => {
    if (!isFunction(node)) return;
    const line = module.toLine(node.start);
    const lines = module.toLine(node.end) - line + 1;
    if (lines <= FUNCTION_LINES_MAX || isSuite(module.path, node)) return;
    const message = `${lines} lines, at most ${FUNCTION_LINES_MAX}: give its steps names`;
    found.push({ path: module.path, line, message });
  });
  return found;
}

const SUITE_CALLS: ReadonlySet<string> = new Set(['describe', 'it', 'test']);

/** A function that only lists tests is a table of contents; each test in it is still measured. */
function isSuite(path: string, node: Node): boolean {
  if (!path.startsWith('test/')) return false;
  const calls: boolean[] = [];
  walk(node, (inner) => {
    if (inner !== node && isFunction(inner)) return false;
    if (inner.type === 'CallExpression') calls.push(SUITE_CALLS.has(toRootName(inner)));
    return true;
  });
  return calls.includes(true);
}

function toRootName(call: Node): string {
  let node: unknown = call;
  while (typeof node === 'object' && node !== null) {
    const { name, callee, object, tag } = node as Record<string, unknown>;
    if (typeof name === 'string') return name;
    node = callee ?? object ?? tag;
  }
  return '';
}
