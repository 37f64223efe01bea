import { createMemoryDefinitions } from '../../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../../reconciler/adapters/definitions/memory/tables.ts';
import { createMemoryExecutor } from '../../../reconciler/adapters/executor/memory/executor.ts';
import type { ZoneDeps } from '../../../reconciler/engine/zone-deps.ts';
import { createDefinitionHandlers } from '../../../reconciler/kinds/definition/definition-handlers.ts';
import { createTargetHandler } from '../../../reconciler/kinds/target/target-handler.ts';
import type { Executor } from '../../../reconciler/ports/executor.ts';
import { createZoneHarness } from './zone-harness.ts';

/** The harness with an executor that behaves otherwise in some of its methods. */
export function createHarnessWith(change: (executor: Executor) => Partial<Executor>) {
  const harness = createZoneHarness();
  const { clock, executorWorld: world } = harness;
  const definitions = createMemoryDefinitions({ tables: createMemoryDefinitionTables() });
  const memory = createMemoryExecutor({ zone: 'ae', world, clock });
  const executor = { ...memory, ...change(memory) };
  const handlers = [
    createTargetHandler({ executor }),
    ...createDefinitionHandlers({ definitions }),
  ];
  const kinds = new Map(handlers.map((handler) => [handler.kind, handler]));
  const begin = async (repo: Readonly<Record<string, string>>, others: Partial<ZoneDeps> = {}) => {
    await harness.commit(repo);
    return harness.open({ kinds, ...others });
  };
  return { ...harness, begin };
}
