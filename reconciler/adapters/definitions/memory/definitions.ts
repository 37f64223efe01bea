import { digestJson } from '../../../core/contracts/digest.ts';
import { type Fence, isHigherEpoch } from '../../../core/contracts/fence.ts';
import { toRef } from '../../../core/contracts/normal-form.ts';
import { compareRefs, toRefKey } from '../../../core/contracts/ref.ts';
import type { Definitions } from '../../../ports/definitions.ts';
import type { MemoryDefinitionTables } from './tables.ts';

export function createMemoryDefinitions(deps: {
  readonly tables: MemoryDefinitionTables;
}): Definitions {
  const { tables } = deps;
  return {
    async raiseFence(fence) {
      raiseEpoch(tables, fence);
    },

    async observe(ref) {
      const row = tables.definitions.get(toRefKey(ref));
      if (row === undefined) return { read: { state: 'absent' }, lastEffectId: null };
      const { form, lastEffectId } = row;
      if (form === null) return { read: { state: 'absent' }, lastEffectId };
      const read = { state: 'present', value: form, observedDigest: digestJson(form) } as const;
      return { read, lastEffectId };
    },

    async list() {
      const present = [...tables.definitions.values()].filter(({ form }) => form !== null);
      return present.map(({ ref }) => ref).sort(compareRefs);
    },

    async apply({ fence, effect, target }) {
      raiseEpoch(tables, fence);
      const { ref, id } = effect;
      const before = tables.definitions.get(toRefKey(ref));
      if (before?.lastEffectId === id) return before.form;
      tables.definitions.set(toRefKey(ref), { ref, form: target, lastEffectId: id });
      return target;
    },

    async amend({ fence, lastEffectId, form }) {
      raiseEpoch(tables, fence);
      const ref = toRef(form);
      const before = tables.definitions.get(toRefKey(ref));
      if (before?.lastEffectId !== lastEffectId || before.form === null) return false;
      tables.definitions.set(toRefKey(ref), { ref, form, lastEffectId });
      return true;
    },
  };
}

function raiseEpoch(tables: MemoryDefinitionTables, fence: Fence): void {
  if (isHigherEpoch(tables.epoch, fence)) tables.epoch = fence.epoch;
}
