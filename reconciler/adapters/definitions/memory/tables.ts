import type { NormalForm } from '../../../core/contracts/normal-form.ts';
import type { Ref, RefKey } from '../../../core/contracts/ref.ts';
import type { EffectId } from '../../../core/plan/effect.ts';

export type MemoryDefinition = {
  readonly ref: Ref;
  /** Null once removed: the row stays, because it remembers which effect removed it. */
  readonly form: NormalForm | null;
  readonly lastEffectId: EffectId;
};

/** The durable part, apart from the handles: it outlives a simulated crash. Mutable on purpose. */
export type MemoryDefinitionTables = {
  /** The highest epoch seen. */
  epoch: number;
  readonly definitions: Map<RefKey, MemoryDefinition>;
};

export function createMemoryDefinitionTables(): MemoryDefinitionTables {
  return { epoch: 0, definitions: new Map() };
}
