import { type Finding, findInLines, type Rule, type SourceFile, type Tree } from '../tree.ts';

const CODES_FILE = 'reconciler/core/contracts/error-codes.ts';
const PAGE = 'spec-schemas/errors.md';

type Entry = { readonly code: string; readonly title: string; readonly line: number };

/** One list in the code, one table in the documentation, and they say the same. */
export const errorCodes: Rule = {
  name: 'error-codes',
  check: (tree) => {
    const codes = listEntries(tree.byPath.get(CODES_FILE), /^ {2}(P\d{3}): '(.*)',$/);
    const rows = listEntries(
      tree.byPath.get(PAGE),
      /^\| (P\d{3}) \| ([^|]*[^| ]) *\| [^|]*[^| ] *\| [^|]*[^| ] *\|$/,
    );
    return [
      ...compare(codes, rows),
      ...checkRows(tree, codes, rows),
      ...codes.filter(({ code }) => !isUsed(tree, code)).map(toUnused),
      ...findUnknownCodes(tree, codes),
    ];
  },
};

function listEntries(file: SourceFile | undefined, pattern: RegExp): readonly Entry[] {
  return (file?.text ?? '').split('\n').flatMap((text, index) => {
    const [, code, title] = pattern.exec(text) ?? [];
    return code === undefined || title === undefined ? [] : [{ code, title, line: index + 1 }];
  });
}

function compare(codes: readonly Entry[], rows: readonly Entry[]): readonly Finding[] {
  return codes.flatMap(({ code, title, line }) => {
    const titles = rows.filter((row) => row.code === code).map((row) => row.title);
    if (titles.length === 1 && titles[0] === title) return [];
    const message = `${code} needs exactly one row in ${PAGE} with the title "${title}"`;
    return [{ path: CODES_FILE, line, message }];
  });
}

function checkRows(
  tree: Tree,
  codes: readonly Entry[],
  rows: readonly Entry[],
): readonly Finding[] {
  const file = tree.byPath.get(PAGE);
  const lines = (file?.text ?? '').split('\n');
  const broken = lines.flatMap((text, index) => {
    const isRow = text.startsWith('| P') && !rows.some(({ line }) => line === index + 1);
    const message = 'a row has four cells: code, title, what it means, what to do';
    return isRow ? [{ path: PAGE, line: index + 1, message }] : [];
  });
  const stale = rows
    .filter(({ code }) => !codes.some((entry) => entry.code === code))
    .map(({ code, line }) => ({ path: PAGE, line, message: `${code} is not in ${CODES_FILE}` }));
  const unordered = rows
    .filter(({ code }, index) => code <= (rows[index - 1]?.code ?? ''))
    .map(({ code, line }) => ({ path: PAGE, line, message: `${code} is out of order` }));
  return [...broken, ...stale, ...unordered];
}

function listSources(tree: Tree): readonly SourceFile[] {
  return tree.files.filter(
    ({ path }) => /^(reconciler|runners)\/.*\.(ts|mjs|py)$/.test(path) && path !== CODES_FILE,
  );
}

function isUsed(tree: Tree, code: string): boolean {
  return listSources(tree).some(({ path, text }) =>
    text.includes(path.endsWith('.ts') ? `'${code}'` : code),
  );
}

function toUnused({ code, line }: Entry): Finding {
  const message = `${code} is used nowhere: remove it here and from ${PAGE}`;
  return { path: CODES_FILE, line, message };
}

/** Programs that run before the compiler can check them, and pages. */
function findUnknownCodes(tree: Tree, codes: readonly Entry[]): readonly Finding[] {
  const known = new Set(codes.map(({ code }) => code));
  return tree.files
    .filter(({ path }) => /^reconciler\/.*\.(mjs|md)$|^(README|CONTRIBUTING)\.md$/.test(path))
    .flatMap((file) => findInLines(file, /\bP[1-7]\d\d\b/, ([code]) => code))
    .filter(({ message }) => !known.has(message))
    .map((finding) => ({ ...finding, message: `${finding.message} is not in ${CODES_FILE}` }));
}
