import { type LayerName, toLayer } from '../layers.ts';
import { listReferences } from '../syntax.ts';
import type { Rule } from '../tree.ts';

/** Modules of Node are judged by the import table; these are the doors that need no import. */
export const outsideWorld: Rule = {
  name: 'outside-world',
  check: (tree) =>
    tree.modules.flatMap((module) => {
      const bans = BANS.filter((ban) => ban.layers.has(toLayer(module.path).name));
      return listReferences(module.program).flatMap(({ chain, node }) => {
        const [root = ''] = chain.split('.');
        const ban = bans.find(({ globals }) => globals.has(root));
        if (ban === undefined) return [];
        const message = `${chain}: ${ban.advice}`;
        return [{ path: module.path, line: module.toLine(node.start), message }];
      });
    }),
};

type Ban = {
  readonly layers: ReadonlySet<LayerName>;
  readonly globals: ReadonlySet<string>;
  readonly advice: string;
};

const INNER: readonly LayerName[] = ['core', 'ports', 'kinds', 'engine', 'servers'];

const BANS: readonly Ban[] = [
  {
    layers: new Set<LayerName>([...INNER, 'cli', 'main', 'set-up']),
    globals: new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']),
    advice: 'talk to the network in an adapter, behind a port',
  },
  {
    layers: new Set(INNER),
    globals: new Set(['process', 'console', 'Worker', 'localStorage', 'navigator']),
    advice: 'take settings as arguments from main.ts and speak through the port Log',
  },
  {
    layers: new Set<LayerName>([...INNER, 'cli', 'main', 'adapters', 'runner', 'runner-main']),
    globals: new Set(['eval', 'Function', 'require', '__dirname', '__filename']),
    advice: 'write the code where it runs; find files by `import.meta.url`',
  },
];
