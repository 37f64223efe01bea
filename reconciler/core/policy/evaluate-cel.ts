import { type CelInput, type CelResult, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import type { Json, JsonObject } from '../contracts/json.ts';
import { toPrintable } from '../spec/printable.ts';
import { CEL_FUNCTIONS } from './cel-functions.ts';
import { fromCelValue, toActivation } from './cel-values.ts';
import { listFreeNames } from './free-names.ts';

/** A longer expression is a program; the parser's time and stack grow with both limits. */
const MAX_EXPRESSION_BYTES = 4 * 1024;
const MAX_EXPRESSION_DEPTH = 32;
/**
 * Words and signs. A chain of operators nests as deep as it is long, and the parser recurses: it
 * was seen to exhaust a stack of 500 KB at 1,500 parts. Far below that, whether an expression can
 * be evaluated depends on itself alone and not on who evaluates it.
 */
const MAX_EXPRESSION_PARTS = 800;

export type CelProgram =
  | {
      readonly state: 'ready';
      readonly run: (input: Record<string, CelInput>) => CelResult;
      /** What the input must have. */
      readonly names: readonly string[];
    }
  | { readonly state: 'broken'; readonly why: string };

/** The same shape as a policy evaluator's answer. */
export type CelAnswer =
  | { readonly state: 'value'; readonly value: Json }
  | { readonly state: 'error'; readonly why: string };

/** Costs far more than a run, so callers keep programs by their expression. */
export function compileCel(expression: string): CelProgram {
  const excess = findExcess(expression);
  if (excess !== null) return { state: 'broken', why: excess };
  try {
    const environment = celEnv({ funcs: [...CEL_FUNCTIONS] });
    const parsed = parse(expression);
    return { state: 'ready', run: plan(environment, parsed), names: listFreeNames(parsed.expr) };
  } catch (error) {
    return { state: 'broken', why: describe(error) };
  }
}

/** Why an expression can never be evaluated, whatever it is asked about; null when it can. */
export function findSyntaxFault(expression: string): string | null {
  const program = compileCel(expression);
  return program.state === 'broken' ? program.why : null;
}

/** Never throws: whatever goes wrong in an expression is an answer that denies. */
export function evaluateCel(program: CelProgram, input: JsonObject): CelAnswer {
  if (program.state === 'broken') return { state: 'error', why: program.why };
  const unknown = program.names.find((name) => !Object.hasOwn(input, name));
  if (unknown !== undefined) return { state: 'error', why: `nothing is called ${unknown}` };
  try {
    const result = program.run(toActivation(input));
    // Errors are returned, not thrown, and are truthy.
    if (isCelError(result)) return { state: 'error', why: describe(result) };
    return { state: 'value', value: fromCelValue(result) };
  } catch (error) {
    return { state: 'error', why: describe(error) };
  }
}

/** Programs by expression, the least recently used forgotten first. */
export type CelCache = { readonly get: (expression: string) => CelProgram };

export function createCelCache(maxPrograms: number): CelCache {
  const programs = new Map<string, CelProgram>();
  return {
    get(expression) {
      const known = programs.get(expression);
      const program = known ?? compileCel(expression);
      programs.delete(expression);
      programs.set(expression, program);
      const oldest = programs.keys().next().value;
      if (programs.size > maxPrograms && oldest !== undefined) programs.delete(oldest);
      return program;
    },
  };
}

/** Words and brackets inside text count as well: simpler, and only stricter. */
function findExcess(expression: string): string | null {
  // UTF-8 takes at most three bytes for each unit, so only short texts need no counting.
  if (expression.length > MAX_EXPRESSION_BYTES || countBytes(expression) > MAX_EXPRESSION_BYTES) {
    return `the expression is longer than ${MAX_EXPRESSION_BYTES} bytes`;
  }
  const parts = expression.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu)?.length ?? 0;
  if (parts > MAX_EXPRESSION_PARTS) {
    return `the expression has over ${MAX_EXPRESSION_PARTS} words and signs`;
  }
  let depth = 0;
  for (const character of expression) {
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth > MAX_EXPRESSION_DEPTH) {
      return `the expression is nested over ${MAX_EXPRESSION_DEPTH} levels deep`;
    }
  }
  return null;
}

function countBytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

const MAX_WHY_CHARACTERS = 300;

/** The engine's messages may quote the policy, or values: one bounded, printable line of them. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : 'the expression failed';
  return toPrintable(message.slice(0, MAX_WHY_CHARACTERS));
}
