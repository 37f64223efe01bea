import type { Import } from './module.ts';

export type LayerName =
  | 'core'
  | 'ports'
  | 'machine'
  | 'adapters'
  | 'kinds'
  | 'engine'
  | 'servers'
  | 'dashboard'
  | 'cli'
  | 'set-up'
  | 'main'
  | 'runner-main'
  | 'runner'
  | 'schemas'
  | 'test'
  | 'outside';

export type Layer = {
  readonly name: LayerName;
  /** The folder whose files belong together: `adapters/store/memory`, `kinds/target`, `core`. */
  readonly home: string;
  readonly nodeModules: 'all' | readonly string[];
  readonly packages: 'all' | 'development' | readonly string[];
  readonly mayComputeImports: boolean;
};

/** Pure packages: they compute, and neither read nor keep anything. */
const CORE_PACKAGES = ['yaml', 'ajv', '@noble/hashes', '@bufbuild/cel'];

/** For what is impossible; it does nothing when all is well. */
const ASSERTIONS = ['node:assert', 'node:assert/strict'];

/** Text in, text out. */
const TEXT_MODULES = [...ASSERTIONS, 'node:util', 'node:path', 'node:path/posix', 'node:url'];

/** A server speaks HTTP to whoever comes: that is its task, and no world that it asks. */
const SERVER_MODULES = [...TEXT_MODULES, 'node:http', 'node:stream', 'node:crypto'];

type Shape = {
  readonly nodeModules: Layer['nodeModules'];
  readonly packages: Layer['packages'];
  /** How many leading folders make a home: 2 is `reconciler/core`, 4 one adapter. */
  readonly depth: number;
};

const SHAPES: Readonly<Record<LayerName, Shape>> = {
  core: { nodeModules: [], packages: CORE_PACKAGES, depth: 2 },
  ports: { nodeModules: [], packages: [], depth: 2 },
  machine: { nodeModules: 'all', packages: [], depth: 2 },
  adapters: { nodeModules: 'all', packages: 'all', depth: 4 },
  kinds: { nodeModules: ASSERTIONS, packages: [], depth: 3 },
  engine: { nodeModules: ASSERTIONS, packages: [], depth: 2 },
  servers: { nodeModules: SERVER_MODULES, packages: ['zod'], depth: 2 },
  dashboard: { nodeModules: [], packages: [], depth: 2 },
  cli: { nodeModules: TEXT_MODULES, packages: ['zod', 'yaml'], depth: 2 },
  'set-up': { nodeModules: 'all', packages: [], depth: 2 },
  main: { nodeModules: 'all', packages: 'all', depth: 2 },
  'runner-main': { nodeModules: 'all', packages: 'all', depth: 2 },
  runner: { nodeModules: 'all', packages: 'all', depth: 2 },
  schemas: { nodeModules: 'all', packages: 'development', depth: 1 },
  test: { nodeModules: 'all', packages: 'development', depth: 1 },
  outside: { nodeModules: [], packages: [], depth: 1 },
};

const FOLDERS = [
  'core',
  'ports',
  'machine',
  'kinds',
  'engine',
  'servers',
  'dashboard',
  'cli',
] as const;

/** The first that matches decides. */
const LAYERS: readonly (readonly [pattern: RegExp, name: LayerName])[] = [
  [/^reconciler\/cli\/.*\.mjs$/, 'set-up'],
  [/^reconciler\/main(\.ts$|\/)/, 'main'],
  [/^reconciler\/adapters\/[^/]+\/[^/]+\/./, 'adapters'],
  ...FOLDERS.map((name) => [new RegExp(`^reconciler/${name}/`), name] as const),
  [/^runners\/[^/]+\/main\.ts$/, 'runner-main'],
  [/^runners\/[^/]+\/./, 'runner'],
  [/^spec-schemas\//, 'schemas'],
  [/^test\//, 'test'],
];

export function toLayer(path: string): Layer {
  const name = LAYERS.find(([pattern]) => pattern.test(path))?.[1] ?? 'outside';
  const { nodeModules, packages, depth } = SHAPES[name];
  return {
    name,
    home: path.split('/').slice(0, depth).join('/'),
    nodeModules,
    packages,
    mayComputeImports: name === 'set-up' || name === 'test' || name === 'schemas',
  };
}

/** What each folder may import besides itself. */
const MAY_IMPORT: Readonly<Record<LayerName, readonly LayerName[]>> = {
  core: ['core'],
  ports: ['core', 'ports'],
  machine: ['core'],
  adapters: ['core', 'ports', 'machine'],
  kinds: ['core', 'ports'],
  engine: ['core', 'ports', 'engine'],
  servers: ['core', 'ports', 'engine', 'servers'],
  dashboard: ['core', 'dashboard'],
  cli: ['core', 'ports', 'engine', 'cli'],
  'set-up': ['set-up'],
  main: ['core', 'ports', 'machine', 'adapters', 'kinds', 'engine', 'servers', 'cli', 'main'],
  'runner-main': ['core', 'ports', 'machine', 'adapters'],
  runner: ['core', 'ports', 'machine'],
  schemas: ['core', 'schemas'],
  test: [
    ...FOLDERS,
    ...(['adapters', 'set-up', 'main', 'runner-main', 'runner', 'schemas', 'test'] as const),
  ],
  outside: [],
};

/** What every kind needs lies beside the kinds' folders, not in one of them. */
const KINDS_IN_COMMON = /^reconciler\/kinds\/[^/]+\.ts$/;

/** Null when the import is allowed, else what to do instead. */
export function judgeLayers(from: Layer, to: Layer, item: Import): string | null {
  const isOwnFolder = from.home === to.home && from.name !== 'outside' && to.name !== 'outside';
  const isForAllKinds = from.name === 'kinds' && KINDS_IN_COMMON.test(to.home);
  if (!isOwnFolder && !isForAllKinds && !MAY_IMPORT[from.name].includes(to.name)) {
    return `${from.name} may not import ${to.name}: ${ADVICE[from.name]}`;
  }
  if (from.name === 'ports' && to.name === 'core' && !item.isTypeOnly) {
    return 'a port is an interface: use `import type`';
  }
  if (from.name === 'dashboard' && to.name === 'core' && !item.isTypeOnly) {
    return 'browser code knows only the types of core: use `import type`';
  }
  if (from.name === 'main' && to.name === 'adapters' && !item.isDynamic && !item.isTypeOnly) {
    return 'load an adapter when it is needed: `await import()`';
  }
  return null;
}

const ADVICE: Readonly<Record<LayerName, string>> = {
  core: 'core is pure; take the value as an argument',
  ports: 'a port knows only types of core',
  machine: 'it knows files, processes and connections, and nothing of what they are for',
  adapters: 'an adapter never imports another; take the port as an argument',
  kinds: 'a kind meets the world through ports alone',
  engine: 'the engine knows no kind and no adapter; they arrive from main.ts',
  servers: 'what a server needs is handed in by main.ts',
  dashboard: 'browser code knows only the types of core',
  cli: 'what a command needs is handed in by main.ts',
  'set-up': 'set-up runs before anything is installed or built',
  main: 'main.ts wires the reconciler; a runner is a program of its own',
  'runner-main': 'a runner knows core, ports, adapters and its own folder',
  runner: 'a runner knows core, ports and its own folder; its main.ts wires adapters',
  schemas: 'the schema tools know only core',
  test: 'tests may import everything in the house',
  outside: 'put the file into a folder of the house',
};
