import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createHarnessWith } from './executor-harness.ts';
import { SMALL_REPO, toTarget } from './zone-harness.ts';

/** Two targets; what is wrong is wrong with the one that is called `laptop`. */
const REPO = { ...SMALL_REPO, 'targets/server.yaml': toTarget('server', 1) };

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
    const harness = createHarnessWith((executor) => ({
      observe: (ref) => (ref.name === 'laptop' ? never() : executor.observe(ref)),
    }));
    const zone = await harness.begin(REPO);
    await harness.clock.advance(120_000);
    const status = await zone.until((now) => isReady(now, 'server'));
    expect(isReady(status, 'ae')).toBe(true);
    expect(isReady(status, 'laptop')).toBe(false);
    await zone.stop();
  });

  it('goes on while nothing can be listed', async () => {
    const harness = createHarnessWith(() => ({ list: noAnswer }));
    const zone = await harness.begin(REPO);
    const status = await zone.until((now) => isReady(now, 'server'));
    expect(isReady(status, 'laptop')).toBe(true);
    expect(endedTerms(harness)).toBe(0);
    await zone.stop();
  });

  it('goes on with other kinds while a receiver cannot be told who leads', async () => {
    let isDown = true;
    const harness = createHarnessWith((executor) => ({
      raiseFence: (fence) => (isDown ? noAnswer() : executor.raiseFence(fence)),
    }));
    const zone = await harness.begin(REPO);
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
    const harness = createHarnessWith((executor) => ({
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
    const zone = await harness.begin(REPO);
    await zone.until((now) => isReady(now, 'server') && failures > 1);
    expect(endedTerms(harness)).toBe(0);
    await zone.stop();
  });
});
