import { type Finding, findInLines, type Rule, type Tree } from '../tree.ts';

/** Every package is a debt that somebody decided to take: the README says what for. */
export const dependencies: Rule = {
  name: 'dependencies',
  check: (tree) => {
    const manifest = JSON.parse(tree.byPath.get('package.json')?.text ?? '{}');
    const wanted: Readonly<Record<string, string>> = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
    };
    const rows = listRows(tree);
    return [
      ...Object.entries(wanted).flatMap(([name, version]) => checkPackage(name, version, rows)),
      ...rows
        .filter(({ name }) => !(name in wanted))
        .map(({ name, line }) => ({
          path: 'README.md',
          line,
          message: `${name} is no dependency any more: remove the row`,
        })),
    ];
  },
};

type Row = { readonly name: string; readonly line: number };

const HEADING = '## Dependencies';

function listRows(tree: Tree): readonly Row[] {
  const file = tree.byPath.get('README.md');
  if (file === undefined) return [];
  const start = file.text.split('\n').indexOf(HEADING) + 1;
  return findInLines(
    file,
    /^\| `([^`]+)`(?: [^|]*)? \|(?: [^|]+ \|)* *[^|]{12,} \|$/,
    ([, name = '']) => name,
  )
    .filter(({ line }) => start > 0 && line > start)
    .map(({ message, line }) => ({ name: message, line }));
}

function checkPackage(name: string, version: string, rows: readonly Row[]): readonly Finding[] {
  const count = rows.filter((row) => row.name === name).length;
  const found: Finding[] = [];
  if (count !== 1) {
    const message = `${name} needs one row with a reason below "${HEADING}" in README.md`;
    found.push({ path: 'package.json', line: 1, message });
  }
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
    const message = `${name} ${version}: pin one version (npm install --save-exact)`;
    found.push({ path: 'package.json', line: 1, message });
  }
  return found;
}
