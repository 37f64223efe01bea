import { CodedError } from '../contracts/coded-error.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref, toRefKey } from '../contracts/ref.ts';

/** The schema's bounds, checked again where names become folders. */
const MAX_POOLS = 32;
export const MAX_SLOTS_PER_POOL = 256;

/** A pool as its normal form has it, with the slots apart: those are counted, the rest is kept. */
export type TargetPool = {
  readonly name: string;
  readonly slots: number;
  readonly details: JsonObject;
};

export type TargetForm = {
  readonly zone: string;
  readonly executor: string;
  readonly pools: readonly TargetPool[];
};

/** What an executor needs of a target's normal form, or why it will not take it. */
function parseTargetForm(
  form: NormalForm,
):
  | { readonly state: 'valid'; readonly target: TargetForm }
  | { readonly state: 'invalid'; readonly why: string } {
  const { zone, executor, pools } = form.spec;
  if (form.kind !== 'Target') return { state: 'invalid', why: 'it is no Target' };
  if (typeof zone !== 'string') return { state: 'invalid', why: 'it has no zone' };
  if (typeof executor !== 'string') return { state: 'invalid', why: 'it has no executor' };
  if (!Array.isArray(pools)) return { state: 'invalid', why: 'it has no pools' };
  if (pools.length > MAX_POOLS) return { state: 'invalid', why: 'it has too many pools' };
  const parsed = pools.map(parseTargetPool);
  const valid = parsed.filter((pool) => pool !== null);
  if (valid.length < parsed.length) return { state: 'invalid', why: 'a pool is malformed' };
  const names = new Set(valid.map((pool) => pool.name));
  if (names.size < valid.length) return { state: 'invalid', why: 'two pools have one name' };
  return { state: 'valid', target: { zone, executor, pools: valid } };
}

export function parseTargetPool(pool: Json): TargetPool | null {
  if (pool === null || typeof pool !== 'object' || Array.isArray(pool)) return null;
  const { slots, ...details } = pool as JsonObject;
  const name = details['name'];
  if (typeof name !== 'string' || !isPlainName(name)) return null;
  if (typeof slots !== 'number' || !Number.isInteger(slots)) return null;
  if (slots < 0 || slots > MAX_SLOTS_PER_POOL) return null;
  return { name, slots, details };
}

/** The same form with the pools that are really there: in its own order, then what it lacks. */
export function withPools(form: NormalForm, pools: readonly TargetPool[]): NormalForm {
  const declared = parseTargetForm(form);
  const order = declared.state === 'valid' ? declared.target.pools.map((pool) => pool.name) : [];
  const rank = (pool: TargetPool) => {
    const index = order.indexOf(pool.name);
    return index === -1 ? order.length : index;
  };
  const sorted = [...pools].sort(
    (left, right) => rank(left) - rank(right) || (left.name < right.name ? -1 : 1),
  );
  return { ...form, spec: { ...form.spec, pools: sorted.map(toPoolJson) } };
}

function toPoolJson(pool: TargetPool): JsonObject {
  return { ...pool.details, slots: pool.slots };
}

/** A name that is one path segment on every file system: no dot, slash, space or capital. */
export function isPlainName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/** The last gate before the world: what was checked before is checked where it takes effect. */
export function requireTargetForm(input: {
  readonly zone: string;
  readonly executor: string;
  readonly ref: Ref;
  readonly form: NormalForm;
}): TargetForm {
  const { zone, executor, ref, form } = input;
  const parsed = parseTargetForm(form);
  const refuse = (why: string) =>
    new CodedError('P406', `target ${ref.name} cannot be made: ${why}`);
  if (parsed.state === 'invalid') throw refuse(parsed.why);
  if (toRefKey(toRef(form)) !== toRefKey(ref)) throw refuse('the effect is for another one');
  if (parsed.target.executor !== executor) throw refuse('it is for another executor');
  if (parsed.target.zone === zone) return parsed.target;
  throw new CodedError('P206', `target ${ref.name} is not in the zone ${zone}`);
}

/** The name of the target that a reference is for. */
export function requireTargetRef(ref: Ref): string {
  const isTarget = ref.kind === 'Target' && ref.namespace === PLATFORM_NAMESPACE;
  if (isTarget && isPlainName(ref.name)) return ref.name;
  const title = JSON.stringify(toRefKey(ref).slice(0, 200));
  throw new CodedError('P406', `an executor holds targets, not ${title}`);
}
