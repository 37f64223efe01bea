import type { Module } from '../module.ts';
import type { Finding, Rule } from '../tree.ts';

/** Types count: two files that know each other's types are one file in two places. */
export const importCycles: Rule = {
  name: 'import-cycles',
  check: (tree) => {
    const byPath = new Map(tree.modules.map((module) => [module.path, module]));
    const done = new Set<string>();
    return tree.modules.flatMap((module) => findCycles(module, byPath, done));
  },
};

type Step = { readonly module: Module; next: number };

/** Depth-first with the open path kept by hand, so that a deep tree cannot exhaust the stack. */
function findCycles(
  start: Module,
  byPath: ReadonlyMap<string, Module>,
  done: Set<string>,
): readonly Finding[] {
  const found: Finding[] = [];
  const open: Step[] = done.has(start.path) ? [] : [{ module: start, next: 0 }];
  for (let step = open.at(-1); step !== undefined; step = open.at(-1)) {
    const item = step.module.imports[step.next];
    step.next += 1;
    if (item === undefined) {
      done.add(step.module.path);
      open.pop();
      continue;
    }
    const target = byPath.get(item.target ?? '');
    if (target === undefined || done.has(target.path)) continue;
    const first = open.findIndex(({ module }) => module.path === target.path);
    if (first < 0) open.push({ module: target, next: 0 });
    else
      found.push(
        toFinding([...open.slice(first).map(({ module }) => module.path), target.path], item.line),
      );
  }
  return found;
}

function toFinding(cycle: readonly string[], line: number): Finding {
  return {
    path: cycle.at(-2) ?? '',
    line,
    message: `import cycle ${cycle.join(' → ')}: move what both need into a third file`,
  };
}
