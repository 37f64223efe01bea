import { posix } from 'node:path';
import type { Finding, Rule, SourceFile, Tree } from '../tree.ts';

type Line = { readonly text: string; readonly line: number };

/** A page's lines without its fenced blocks: what is in them is quoted, not said. */
function listProse(file: SourceFile): readonly Line[] {
  const prose: Line[] = [];
  let fence: string | null = null;
  for (const [index, text] of file.text.split('\n').entries()) {
    const mark = /^\s*(```+|~~~+)/.exec(text)?.[1] ?? null;
    if (fence === null && mark === null) prose.push({ text, line: index + 1 });
    if (fence === null) fence = mark;
    else if (mark?.startsWith(fence)) fence = null;
  }
  return prose;
}

function listPages(tree: Tree): readonly SourceFile[] {
  return tree.files.filter((file) => file.path.endsWith('.md'));
}

export const oneHeading: Rule = {
  name: 'one-heading',
  check: (tree) =>
    listPages(tree).flatMap((page): readonly Finding[] => {
      const titles = listProse(page).filter(({ text }) => /^# /.test(text));
      if (titles.length === 1) return [];
      const line = titles[1]?.line ?? 1;
      const message = `${titles.length} first-level headings: a page has one title`;
      return [{ path: page.path, line, message }];
    }),
};

/** What a page says is there must be there: a wrong path sends a newcomer away. */
export const namedPaths: Rule = {
  name: 'named-paths',
  check: (tree) =>
    listPages(tree).flatMap((page) =>
      listProse(page).flatMap(({ text, line }) =>
        [...listSpans(text), ...listLinks(text)]
          .filter((name) => isBrokenPath(tree, page.path, name))
          .map((name) => ({
            path: page.path,
            line,
            message: `${name} does not exist: name the file that answers`,
          })),
      ),
    ),
};

function listSpans(text: string): readonly string[] {
  const spans = [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  return spans.filter((span) => /^[\w.@-]+(\/[\w.@-]*)+$/.test(span) || /^[\w-]+\.md$/.test(span));
}

function listLinks(text: string): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** Places that exist only after a build or a start. */
const MADE_LATER = /^(dist|node_modules|\.plumbline|coverage)(\/|$)/;

function isBrokenPath(tree: Tree, page: string, name: string): boolean {
  const path = name.replace(/\/$/, '');
  if (MADE_LATER.test(path)) return false;
  const bases = ['', 'reconciler', posix.dirname(page)];
  const [first = ''] = path.split('/');
  const isOurs =
    /^\.\.?$/.test(first) || bases.some((base) => exists(tree, posix.join(base, first)));
  return isOurs && !bases.some((base) => exists(tree, posix.join(base, path)));
}

function exists(tree: Tree, path: string): boolean {
  return tree.byPath.has(path) || tree.folders.has(path);
}
