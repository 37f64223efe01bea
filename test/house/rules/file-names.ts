import type { Finding, Rule } from '../tree.ts';

/** A name that says nothing collects everything. */
const EMPTY_NAMES: ReadonlySet<string> = new Set([
  ...['util', 'utils', 'helper', 'helpers', 'common', 'shared', 'misc', 'manager', 'managers'],
  ...['stuff', 'base', 'lib', 'tools', 'toolbox', 'handler-utils', 'functions', 'data'],
]);

/** Names that other programs ask for. */
const GIVEN_NAMES: ReadonlySet<string> = new Set([
  ...['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'NOTICE'],
  ...['CODEOWNERS', 'Dockerfile', '__init__.py', '__main__.py'],
]);

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const SNAKE = /^[a-z0-9]+(_[a-z0-9]+)*$/;

export const fileNames: Rule = {
  name: 'file-names',
  check: (tree) =>
    tree.files.flatMap(({ path }) => {
      const message = judge(path);
      return message === null ? [] : [{ path, line: 1, message } satisfies Finding];
    }),
};

function judge(path: string): string | null {
  const segments = path.split('/');
  const file = segments.at(-1) ?? '';
  const words = segments.map((segment) => segment.replace(/^\./, '').split('.'));
  const empty = words.find(([stem = '']) => EMPTY_NAMES.has(stem));
  if (empty !== undefined) return `"${empty[0]}" says nothing: name it for what it holds`;
  if (GIVEN_NAMES.has(file)) return null;
  const shape = file.endsWith('.py') ? SNAKE : KEBAB;
  const folders = words.slice(0, -1).flat();
  const isGood =
    folders.every((word) => KEBAB.test(word)) &&
    (words.at(-1) ?? []).every((word) => shape.test(word));
  return isGood ? null : 'names are kebab-case (Python files: snake_case)';
}
