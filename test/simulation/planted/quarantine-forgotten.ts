import type { NormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import type { Recorded } from '../../../reconciler/core/plan/planner.ts';
import type { KindHandler } from '../../../reconciler/ports/kind-handler.ts';
import type { Receiver } from '../../../reconciler/ports/receiver.ts';
import type { Plant } from './plant.ts';

/** What a process has not seen happen itself it does not know: notes are as before any rollout. */
function wrapReceiver<T extends Receiver>(receiver: T): T {
  let hasSeen = false;
  return {
    ...receiver,
    observe: async (ref: Parameters<Receiver['observe']>[0]) => {
      const { read, ...rest } = await receiver.observe(ref);
      if (ref.kind !== 'Release' || hasSeen || read.state !== 'present') return { read, ...rest };
      return { read: { ...read, value: forget(read.value) }, ...rest };
    },
    apply: async (input: Parameters<Receiver['apply']>[0]) => {
      if (input.effect.action === 'rollback') hasSeen = true;
      return receiver.apply(input);
    },
  };
}

/** The journal is as good a memory, so it is forgotten as well. */
function wrapKind(handler: KindHandler): KindHandler {
  if (handler.kind !== 'Release') return handler;
  let hasSeen = false;
  return {
    ...handler,
    perform: (effect, fence, cause) => {
      if (effect.action === 'rollback') hasSeen = true;
      return handler.perform(effect, fence, cause);
    },
    plan: (input) =>
      handler.plan(hasSeen ? input : { ...input, recorded: forgetAction(input.recorded) }),
  };
}

function forget(form: NormalForm): NormalForm {
  const { position, rollback, ...notes } = form.spec['notes'] as Record<string, never> & {
    readonly position?: { readonly end: string | null };
  };
  if (position?.end !== 'rolledBack') return form;
  return { ...form, spec: { ...form.spec, notes } };
}

function forgetAction(recorded: Recorded): Recorded {
  const { achieved } = recorded;
  if (achieved?.action !== 'rollback') return recorded;
  return { ...recorded, achieved: { ...achieved, action: 'promote' } };
}

export const quarantineForgotten: Plant = {
  name: 'quarantine-forgotten',
  bug: 'a restarted process does not know what was taken back, and tries it again',
  // What is tried again is served again, or begun again in a zone that had come to rest.
  foundBy: ['I-04', 'I-23'],
  wrapReceiver,
  wrapKind,
};
