import { toResourcePath } from '../../core/contracts/ref.ts';
import { planModel } from '../../core/plan/planners/model.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import { createKeptHandler } from '../kept-handler.ts';
import { lookAtModel } from './look-at-model.ts';
import type { ModelNotes } from './model-notes.ts';
import type { ModelPorts } from './model-ports.ts';
import { publishRun } from './publish.ts';
import { startRun } from './start-run.ts';

/** A model is trained by a run on a target's slots, and published when its result passes. */
export function createModelHandler(ports: ModelPorts): KindHandler {
  return createKeptHandler<ModelNotes>(ports.definitions, {
    kind: 'Model',
    plan: planModel,
    look: (state, ref) => lookAtModel(ports, state, ref),
    make: (input) =>
      input.effect.action === 'train'
        ? startRun(ports, input)
        : publishRun(ports, toResourcePath(input.effect.ref), input),
    unmake: async ({ before, fence }) => {
      const run = before?.notes.run ?? null;
      if (run === null) return;
      await ports.runs.raiseFence(fence);
      await ports.runs.cancel(fence, run.runKey);
    },
    tend: (fence) => ports.runs.tend(fence),
  });
}
