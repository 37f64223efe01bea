import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import {
  judgeHyperparameters,
  type RunFacts,
  toConfigFiles,
  toRunEnvironment,
} from '../../../reconciler/core/runs/run-environment.ts';

const RUN: RunFacts = {
  runKey: digestText('run'),
  model: 'payments/fraud',
  zone: 'ae',
  pool: 'cpu',
  device: 'cpu',
  seed: 4_294_967_295,
  digests: { commit: 'c', spec: 's', snapshot: 'n', trainer: 't' },
  hyperparameters: {},
  config: {},
};

const ATTEMPT = {
  baseFolder: '/srv/base',
  attempt: 2,
  isResume: true,
  deadline: Date.UTC(2026, 0, 2),
  slot: 3,
  channels: ['test', 'train'],
  path: '/usr/bin',
};

const parameters = fc.dictionary(
  fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,20}$/),
  fc.oneof(
    fc.string({ maxLength: 50 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  ),
  { maxKeys: 20 },
);

describe('the environment of a run', () => {
  it('is the same for the same run, whatever the order of its parameters', () => {
    fc.assert(
      fc.property(parameters, (hyperparameters) => {
        const reversed = Object.fromEntries(Object.entries(hyperparameters).reverse());
        const environment = toRunEnvironment({ ...RUN, hyperparameters }, ATTEMPT);
        const other = toRunEnvironment({ ...RUN, hyperparameters: reversed }, ATTEMPT);
        expect(Object.entries(other).sort()).toEqual(Object.entries(environment).sort());
        expect(Object.values(environment).every((value) => typeof value === 'string')).toBe(true);
      }),
    );
  });

  it('gives each parameter as text, by its name in capitals and in the order of names', () => {
    fc.assert(
      fc.property(parameters, (hyperparameters) => {
        const environment = toRunEnvironment({ ...RUN, hyperparameters }, ATTEMPT);
        const names = Object.keys(hyperparameters).sort();
        for (const name of names) {
          const text = String(hyperparameters[name]);
          expect(environment[`SM_HP_${name.toUpperCase()}`]).toBe(text);
        }
        const args = JSON.parse(environment['SM_USER_ARGS'] ?? '');
        expect(args).toEqual(names.flatMap((name) => [`--${name}`, String(hyperparameters[name])]));
      }),
    );
  });

  it('tells what the attempt is', () => {
    expect(toRunEnvironment(RUN, ATTEMPT)).toMatchObject({
      PLUMBLINE_ATTEMPT: '2',
      PLUMBLINE_RESUME: '1',
      PLUMBLINE_DEADLINE: '2026-01-02T00:00:00.000Z',
      PYTHONHASHSEED: '4294967295',
    });
  });

  it('gives an accelerator by the number of the slot, and to none else', () => {
    expect(toRunEnvironment(RUN, ATTEMPT)).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
    expect(toRunEnvironment({ ...RUN, device: 'cuda' }, ATTEMPT)).toMatchObject({
      CUDA_VISIBLE_DEVICES: '3',
      SM_NUM_GPUS: '1',
      PLUMBLINE_DEVICE: 'cuda',
    });
  });

  it('lets no configuration speak for the run itself', () => {
    const config = { seed: 1, runKey: 'forged', label: 'is_fraud' };
    expect(toConfigFiles({ ...RUN, config }, ATTEMPT)['run.json']).toMatchObject({
      seed: RUN.seed,
      runKey: RUN.runKey,
      label: 'is_fraud',
    });
  });

  it.each([
    [{ 'a=b': 1 }, '"a=b" cannot name a variable'],
    [{ '': 1 }, '"" cannot name a variable'],
    [{ a: 1, A: 2 }, 'two differ in nothing but capitals'],
    [{ a: 'x\0y' }, '"a" is no plain value'],
    [{ a: 'x'.repeat(5000) }, '"a" is no plain value'],
    [{ num_leaves: 31, 'learning-rate': 0.1 }, null],
  ])('judges parameters: %j', (hyperparameters, why) => {
    expect(judgeHyperparameters(hyperparameters)).toBe(why);
  });
});
