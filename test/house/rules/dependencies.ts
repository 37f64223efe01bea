import type { Finding, Rule, Tree } from '../tree.ts';

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

const REASON_LENGTH_MIN = 12;

function listRows(tree: Tree): readonly Row[] {
  const lines = tree.byPath.get('README.md')?.text.split('\n') ?? [];
  const start = lines.indexOf(HEADING);
  return lines.flatMap((text, index) => {
    const cells = text.split('|').map((cell) => cell.trim());
    const name = /^`([^`]+)`/.exec(cells[1] ?? '')?.[1];
    const reason = cells.at(-2) ?? '';
    const isRow = start >= 0 && index > start && name !== undefined;
    return isRow && reason.length >= REASON_LENGTH_MIN ? [{ name, line: index + 1 }] : [];
  });
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
