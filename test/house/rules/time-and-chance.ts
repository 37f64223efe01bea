import type { Module } from '../module.ts';
import { listReferences, type Reference } from '../syntax.ts';
import type { Finding, Rule } from '../tree.ts';

/**
 * Time and chance come through ports, so that a run of the simulator can be replayed from its seed
 * and a decision can be recomputed by anybody.
 */
export const timeAndChance: Rule = {
  name: 'time-and-chance',
  check: (tree) =>
    tree.modules.flatMap((module) => {
      const bans = toBans(module.path);
      return bans.length === 0
        ? []
        : [...checkReferences(module, bans), ...checkImports(module, bans)];
    }),
};

type Ban = { readonly names: readonly string[]; readonly replacement: string };

const CLOCK: Ban = {
  names: ['Date.now', 'performance', 'process.hrtime', 'process.uptime', 'Temporal.Now'],
  replacement: 'the port Clock: `clock.now()`',
};
const TIMERS: Ban = {
  names: [
    ...['setTimeout', 'setInterval', 'setImmediate', 'AbortSignal.timeout'],
    ...['node:timers', 'node:timers/promises', 'node:perf_hooks'],
  ],
  replacement: 'the port Clock: `clock.sleep(durationMs, signal)`',
};
const CHANCE: Ban = {
  names: [
    ...['Math.random', 'crypto.getRandomValues', 'crypto.randomUUID', 'crypto.randomBytes'],
    ...['crypto.randomInt', 'crypto.randomFill', 'crypto.randomFillSync', 'crypto.webcrypto'],
    ...['crypto.pseudoRandomBytes', 'crypto.subtle.generateKey'],
  ],
  replacement: 'the port Randomness (in tests: a seeded one)',
};

const DICE: Ban = { names: ['Math.random'], replacement: CHANCE.replacement };

/** Tests of the real world wait for it and need unique names; all others are replayable. */
function toBans(path: string): readonly Ban[] {
  if (/^reconciler\/adapters\/(clock|randomness)\//.test(path)) return [];
  if (/^test\/(contract|scenario|browser|bench|support)\//.test(path)) return [DICE];
  return [CLOCK, TIMERS, CHANCE];
}

function checkReferences(module: Module, bans: readonly Ban[]): readonly Finding[] {
  const aliases = toCryptoAliases(module);
  return listReferences(module.program).flatMap((reference) => {
    const replacement = judge(reference, toCanonical(reference.chain, aliases), bans);
    if (replacement === null) return [];
    const line = module.toLine(reference.node.start);
    return [{ path: module.path, line, message: `${reference.chain}: use ${replacement}` }];
  });
}

function judge(reference: Reference, chain: string, bans: readonly Ban[]): string | null {
  const ban = bans.find(({ names }) =>
    names.some((name) => chain === name || chain.startsWith(`${name}.`)),
  );
  if (ban !== undefined) return ban.replacement;
  if (chain === 'Date' && bans.includes(CLOCK) && !isDateOfValue(reference))
    return CLOCK.replacement;
  if (chain === 'Math' || chain === 'globalThis') return 'its members by name, never the object';
  return null;
}

/** `new Date(instant)` only changes the form of a value; `new Date()` and `Date()` read the clock. */
function isDateOfValue({ node, parent }: Reference): boolean {
  const { callee, right } = parent;
  const given = parent['arguments'];
  if (parent.type === 'BinaryExpression') return right === node;
  return (
    parent.type === 'NewExpression' && callee === node && Array.isArray(given) && given.length > 0
  );
}

/** Local names of the module `node:crypto`, and of what was imported from it by name. */
function toCryptoAliases(module: Module): ReadonlyMap<string, string> {
  const imports = module.imports.filter(({ specifier }) => specifier === 'node:crypto');
  return new Map(
    imports.flatMap(({ names }) =>
      [...names].map(([local, name]) => {
        const isWhole = name === '*' || name === 'default';
        return [local, isWhole ? 'crypto' : `crypto.${name}`] as const;
      }),
    ),
  );
}

function toCanonical(chain: string, aliases: ReadonlyMap<string, string>): string {
  const [root = '', ...rest] = chain.split('.');
  return [aliases.get(root) ?? root, ...rest].join('.');
}

function checkImports(module: Module, bans: readonly Ban[]): readonly Finding[] {
  return module.imports.flatMap((item) => {
    const specifier = item.specifier === 'timers' ? 'node:timers' : item.specifier;
    const isHrtime = specifier === 'node:process' && [...item.names.values()].includes('hrtime');
    const ban = isHrtime ? CLOCK : bans.find(({ names }) => names.includes(specifier));
    if (ban === undefined) return [];
    const message = `${specifier}: use ${ban.replacement}`;
    return [{ path: module.path, line: item.line, message }];
  });
}
