import { describe, expect, it } from 'vitest';
import { createMemoryDefinitions } from '../../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../../reconciler/adapters/definitions/memory/tables.ts';
import { createMemoryExecutor } from '../../../reconciler/adapters/executor/memory/executor.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createDefinitionHandlers } from '../../../reconciler/kinds/definition/definition-handlers.ts';
import { createTargetHandler } from '../../../reconciler/kinds/target/target-handler.ts';
import type { Executor } from '../../../reconciler/ports/executor.ts';
import { createZoneHarness, SMALL_REPO, toTarget } from './zone-harness.ts';

/** Two targets; what is wrong is wrong with the one that is called `laptop`. */
const REPO = { ...SMALL_REPO, 'targets/server.yaml': toTarget('server', 1) };

function openWith(change: (executor: Executor) => Partial<Executor>) {
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
  const open = async () => {
    await harness.commit(REPO);
    return harness.open({ kinds });
  };
  return { ...harness, open };
}

const noAnswer = async (): Promise<never> => {
  throw new CodedError('P406', 'no answer', { remedy: 'retry' });
};

const never = () => new Promise<never>(() => undefined);

const isReady = (status: ZoneStatus, name: string) =>
  status.resources.some(
    ({ ref, conditions }) =>
      ref.name === name && conditions.some((one) => one.reason === 'Converged'),
  );

const endedTerms = ({ log }: { readonly log: { readonly lines: () => readonly string[] } }) =>
  log.lines().filter((line) => line.includes('term-ended')).length;

describe('one resource, and the others', () => {
  it('goes on while one cannot be looked at for ever', async () => {
    const harness = openWith((executor) => ({
      observe: (ref) => (ref.name === 'laptop' ? never() : executor.observe(ref)),
    }));
    const zone = await harness.open();
    await harness.clock.advance(120_000);
    const status = await zone.until((now) => isReady(now, 'server'));
    expect(isReady(status, 'ae')).toBe(true);
    expect(isReady(status, 'laptop')).toBe(false);
    await zone.stop();
  });

  it('goes on while nothing can be listed', async () => {
    const harness = openWith(() => ({ list: noAnswer }));
    const zone = await harness.open();
    const status = await zone.until((now) => isReady(now, 'server'));
    expect(isReady(status, 'laptop')).toBe(true);
    expect(endedTerms(harness)).toBe(0);
    await zone.stop();
  });

  it('goes on with other kinds while a receiver cannot be told who leads', async () => {
    let isDown = true;
    const harness = openWith((executor) => ({
      raiseFence: (fence) => (isDown ? noAnswer() : executor.raiseFence(fence)),
    }));
    const zone = await harness.open();
    const status = await zone.until((now) => isReady(now, 'ae'));
    expect(isReady(status, 'server')).toBe(false);
    expect(harness.executorWorld.executions).toEqual([]);
    isDown = false;
    await harness.clock.advance(120_000);
    await zone.until((now) => isReady(now, 'server'));
    expect(endedTerms(harness)).toBe(0);
    await zone.stop();
  });

  it('goes on when one fails, and then cannot even be looked at', async () => {
    let failures = 0;
    const harness = openWith((executor) => ({
      apply: (input) => {
        if (input.effect.ref.name !== 'laptop') return executor.apply(input);
        failures += 1;
        return noAnswer();
      },
      observe: (ref) =>
        ref.name === 'laptop' && failures % 2 === 1
          ? noAnswer().finally(() => {
              failures += 1;
            })
          : executor.observe(ref),
    }));
    const zone = await harness.open();
    await zone.until((now) => isReady(now, 'server') && failures > 1);
    expect(endedTerms(harness)).toBe(0);
    await zone.stop();
  });
});
