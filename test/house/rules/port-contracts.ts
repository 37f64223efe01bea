import type { Finding, Rule, Tree } from '../tree.ts';

/** A port without a suite is a wish, and an adapter outside it is a bad copy in waiting. */
export const portContracts: Rule = {
  name: 'port-contracts',
  check: (tree) => [...checkPorts(tree), ...checkAdapters(tree)],
};

function checkPorts(tree: Tree): readonly Finding[] {
  return tree.files.flatMap(({ path }) => {
    const port = /^reconciler\/ports\/([^/]+)\.ts$/.exec(path)?.[1];
    if (port === undefined) return [];
    const suite = `test/contract/${port}.contract.ts`;
    if (tree.byPath.has(suite)) return [];
    return [
      { path, line: 1, message: `${suite} is missing: say there what every adapter promises` },
    ];
  });
}

function checkAdapters(tree: Tree): readonly Finding[] {
  const folders = [...tree.folders].filter((folder) =>
    /^reconciler\/adapters\/[^/]+\/[^/]+$/.test(folder),
  );
  return folders.flatMap((folder) => {
    const [, , port = ''] = folder.split('/');
    const found: Finding[] = [];
    if (!tree.byPath.has(`reconciler/ports/${port}.ts`)) {
      found.push({
        path: folder,
        line: 1,
        message: `there is no port reconciler/ports/${port}.ts`,
      });
    }
    const test = `test/contract/${port}.test.ts`;
    const files = listFilesOfTest(tree, test);
    if (!files.some((path) => path.startsWith(`${folder}/`))) {
      found.push({ path: folder, line: 1, message: `run the suite of its port on it, in ${test}` });
    }
    return found;
  });
}

/** What a test imports, itself or through the files below `test/` that prepare it. */
function listFilesOfTest(tree: Tree, test: string): readonly string[] {
  const imports = new Map(tree.modules.map(({ path, imports }) => [path, imports]));
  const seen = new Set([test]);
  for (const path of seen) {
    const inner = path.startsWith('test/') ? (imports.get(path) ?? []) : [];
    for (const { target } of inner) if (target !== null) seen.add(target);
  }
  return [...seen];
}
