import type { Module } from '../module.ts';
import { isNode, type Node, walk } from '../syntax.ts';
import { type Finding, isGenerated, type Rule } from '../tree.ts';

/** Forms of the language that hide who is who, or that a plain type strip cannot erase. */
export const forms: Rule = {
  name: 'forms',
  check: (tree) =>
    tree.modules.filter((module) => !isGenerated(module.path)).flatMap(findForbiddenForms),
};

const MESSAGES: Readonly<Record<string, string>> = {
  TSEnumDeclaration: 'an enum is code, not a type: use a union of strings',
  TSModuleDeclaration: 'a namespace is code, not a type: use a file',
  TSParameterProperty: 'a parameter property hides an assignment: declare the field and assign it',
  TSExportAssignment: 'use named exports',
  TSImportEqualsDeclaration: 'use `import … from`',
  ExportAllDeclaration: 'no barrels: import from the file that declares the name',
};

/** The one file whose default export a tool asks for. */
const DEFAULT_EXPORT_ALLOWED = 'test/vitest.config.ts';

function findForbiddenForms(module: Module): readonly Finding[] {
  const found: Finding[] = [];
  if (/(^|\/)index\.(ts|mjs)$/.test(module.path)) {
    found.push({
      path: module.path,
      line: 1,
      message: 'no barrels: name the file for its content',
    });
  }
  walk(module.program, (node) => {
    const message = judge(module.path, node);
    if (message !== null)
      found.push({ path: module.path, line: module.toLine(node.start), message });
  });
  return found;
}

function judge(path: string, node: Node): string | null {
  const message = MESSAGES[node.type];
  // `declare module` and `declare global` only describe what others provide.
  if (message !== undefined && node['declare'] !== true) return message;
  const isDefault = node.type === 'ExportDefaultDeclaration' || isDefaultSpecifier(node);
  if (isDefault && path !== DEFAULT_EXPORT_ALLOWED) {
    return 'no default exports: a name should be the same everywhere';
  }
  if (node.type === 'ExportNamedDeclaration' && isNode(node['source'])) {
    return 'no barrels: import from the file that declares the name';
  }
  return null;
}

function isDefaultSpecifier(node: Node): boolean {
  const exported = node['exported'];
  return node.type === 'ExportSpecifier' && isNode(exported) && exported['name'] === 'default';
}
