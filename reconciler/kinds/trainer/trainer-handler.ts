import { type Digest, toShortDigest } from '../../core/contracts/digest.ts';
import { planTrainer } from '../../core/plan/planners/trainer.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import type { Trainers } from '../../ports/trainers.ts';
import { createKeptHandler } from '../kept-handler.ts';

/** A training program is ready when its environment stands. */
export function createTrainerHandler(ports: {
  readonly definitions: Definitions;
  readonly trainers: Trainers;
}): KindHandler {
  const { trainers } = ports;
  return createKeptHandler(ports.definitions, {
    kind: 'Trainer',
    plan: planTrainer,
    look: async ({ live }) => {
      if (live === null) return { isThere: false, facts: {} };
      const { bundled } = toTypedSpec(live, 'Trainer');
      return { isThere: (await trainers.find(bundled)) !== null, facts: {} };
    },
    make: async ({ target }) => {
      const { bundled } = toTypedSpec(target, 'Trainer');
      const { digest } = await trainers.ensure(bundled);
      const summary = `has ${bundled} ready to train as ${toShortDigest(digest)}`;
      return { notes: { digest }, outcome: { inputs: { trainer: digest as Digest }, summary } };
    },
    unmake: async () => undefined,
  });
}
