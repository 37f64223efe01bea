import { isCodedError } from '../core/contracts/coded-error.ts';
import type { Fence } from '../core/contracts/fence.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { KindHandler, KindObservation } from '../ports/kind-handler.ts';
import type { EffectDeps } from './effect-deps.ts';
import { handlerOf } from './kind-lookup.ts';
import type { TermState } from './term-state.ts';

/**
 * What a receiver says of a resource, in good time. A failure or a silence is an unknown read, so
 * that one resource that cannot be looked at neither ends a term nor holds up the others.
 */
export async function observeInTime(deps: EffectDeps, ref: Ref): Promise<KindObservation> {
  try {
    const handler = handlerOf(deps.kinds, ref.kind);
    return await inTime(deps, handler.observe(ref), () => toUnknown('it did not answer in time'));
  } catch (error) {
    return toUnknown(error instanceof Error ? error.message : 'the observation failed');
  }
}

/** The same for what a decision rests on: unknown until its receiver has learned of our epoch. */
export async function observeFenced(
  deps: EffectDeps,
  term: Pick<TermState, 'fence' | 'unfencedKinds'>,
  ref: Ref,
): Promise<KindObservation> {
  const isFenced = !term.unfencedKinds.has(ref.kind) || (await raiseFence(deps, term, ref.kind));
  return isFenced
    ? observeInTime(deps, ref)
    : toUnknown('its receiver has not yet learned who leads');
}

/**
 * Tells every kind's receiver of a new epoch: after that no slow write of an earlier leader can
 * land, so what is read next stays true. Those that could not be told are asked again before
 * anything is read from them; the others need not wait for them. Throws P403 when somebody newer
 * leads.
 */
export async function raiseFences(
  deps: EffectDeps,
  fence: Fence,
): Promise<Pick<TermState, 'fence' | 'unfencedKinds'>> {
  const term = { fence, unfencedKinds: new Set(deps.kinds.keys()) };
  for (const kind of deps.kinds.keys()) await raiseFence(deps, term, kind);
  return term;
}

async function raiseFence(
  deps: EffectDeps,
  term: Pick<TermState, 'fence' | 'unfencedKinds'>,
  kind: string,
): Promise<boolean> {
  try {
    const told = handlerOf(deps.kinds, kind)
      .raiseFence(term.fence)
      .then(() => true);
    if (!(await inTime(deps, told, () => false))) return false;
    term.unfencedKinds.delete(kind);
    return true;
  } catch (error) {
    if (isCodedError(error, 'P403')) throw error;
    warn(deps, 'fence-not-raised', `${kind}: ${describe(error)}`);
    return false;
  }
}

/**
 * What is there without being desired or recorded is only reported, never removed, so a receiver
 * that cannot list it holds up nothing.
 */
export async function listInTime(deps: EffectDeps, handler: KindHandler): Promise<readonly Ref[]> {
  try {
    return await inTime(deps, handler.list(), () => []);
  } catch (error) {
    warn(deps, 'list-failed', `${handler.kind}: ${describe(error)}`);
    return [];
  }
}

async function inTime<T>(deps: EffectDeps, answer: Promise<T>, onSilence: () => T): Promise<T> {
  const timer = new AbortController();
  const silence = deps.clock.sleep(deps.settings.observeMs, timer.signal).then(onSilence);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    // Without a reason each would make an exception with its stack, of which nobody takes note.
    timer.abort('answered');
  }
}

function toUnknown(why: string): KindObservation {
  return { read: { state: 'unknown', why }, lastEffectId: null };
}

function warn(deps: EffectDeps, event: string, message: string): void {
  deps.log.write({ level: 'warn', event, message, fields: { zone: deps.zone } });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
