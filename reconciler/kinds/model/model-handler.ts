import { toResourcePath } from '../../core/contracts/ref.ts';
import { planModel } from '../../core/plan/planners/model.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import { createKeptHandler } from '../kept-handler.ts';
import { lookAtModel } from './look-at-model.ts';
import type { ModelNotes } from './model-notes.ts';
import type { ModelPorts } from './model-ports.ts';
import { createRetrainProposer } from './propose-retrainings.ts';
import { publishRun } from './publish.ts';
import { conclude, retrain } from './retrain.ts';
import { startRun } from './start-run.ts';

/** A model is trained by a run on a target's slots, and published when its result passes. */
export function createModelHandler(ports: ModelPorts): KindHandler {
  const proposeRetrainings = createRetrainProposer(ports);
  return createKeptHandler<ModelNotes>(ports.definitions, {
    kind: 'Model',
    plan: planModel,
    look: (state, ref) => lookAtModel(ports, state, ref),
    make: (input) => {
      const { action, ref } = input.effect;
      if (action === 'train') return startRun(ports, input);
      if (action === 'retrain') return retrain(ports, input);
      if (action === 'conclude') return conclude(ports, input);
      return publishRun(ports, toResourcePath(ref), input);
    },
    unmake: async ({ before, fence }) => {
      const run = before?.notes.run ?? null;
      if (run === null) return;
      await ports.runs.raiseFence(fence);
      await ports.runs.cancel(fence, run.runKey);
    },
    tend: async (fence) => {
      await ports.runs.tend(fence);
      await proposeRetrainings();
    },
  });
}
