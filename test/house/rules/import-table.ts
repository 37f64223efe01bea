import { judgeLayers, toLayer } from '../layers.ts';
import type { Import, Module } from '../module.ts';
import type { Finding, Rule, Tree } from '../tree.ts';

/** The table of who may import whom, as it stands in decision 0001. */
export const importTable: Rule = {
  name: 'import-table',
  check: (tree) => tree.modules.flatMap((module) => checkModule(module, toPackages(tree))),
};

type Packages = {
  readonly runtime: ReadonlySet<string>;
  readonly development: ReadonlySet<string>;
};

function toPackages(tree: Tree): Packages {
  const manifest = JSON.parse(tree.byPath.get('package.json')?.text ?? '{}');
  return {
    runtime: new Set(Object.keys(manifest.dependencies ?? {})),
    development: new Set(Object.keys(manifest.devDependencies ?? {})),
  };
}

function checkModule(module: Module, packages: Packages): readonly Finding[] {
  return module.imports.flatMap((item) => {
    const message = judge(module.path, item, packages);
    return message === null ? [] : [{ path: module.path, line: item.line, message }];
  });
}

function judge(path: string, item: Import, packages: Packages): string | null {
  const layer = toLayer(path);
  if (item.specifier === '') {
    return layer.mayComputeImports
      ? null
      : 'a computed import hides who is imported: name the file';
  }
  if (item.target !== null) return judgeLayers(layer, toLayer(item.target), item);
  if (item.specifier.startsWith('node:')) return judgeNode(layer.nodeModules, item.specifier);
  return judgePackage(layer, toPackageName(item.specifier), packages);
}

function judgeNode(allowed: 'all' | readonly string[], specifier: string): string | null {
  if (allowed === 'all' || allowed.includes(specifier)) return null;
  return `${specifier} is not for this folder: ask a port, and let an adapter use it`;
}

function judgePackage(
  layer: ReturnType<typeof toLayer>,
  name: string,
  packages: Packages,
): string | null {
  if (layer.packages === 'development') {
    const known = packages.runtime.has(name) || packages.development.has(name);
    return known ? null : `${name} is not in package.json`;
  }
  if (!packages.runtime.has(name)) return `${name} is no dependency in package.json`;
  if (layer.packages === 'all' || layer.packages.includes(name)) return null;
  return `the package ${name} is not for this folder: put it behind a port, in an adapter`;
}

function toPackageName(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
