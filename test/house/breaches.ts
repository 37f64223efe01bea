import { createTree, type Rule } from './tree.ts';

/** What a rule says about a small tree: `path:line message`, for tests that plant a breach. */
export function checkFiles(rule: Rule, files: Readonly<Record<string, string>>): readonly string[] {
  const tree = createTree(Object.entries(files).map(([path, text]) => ({ path, text })));
  return rule.check(tree).map(({ path, line, message }) => `${path}:${line} ${message}`);
}
