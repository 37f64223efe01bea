import { planBatchPrediction } from '../../core/plan/planners/batch-prediction.ts';
import { planDefinition } from '../../core/plan/planners/definition.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import { createReceiverHandler } from '../receiver-handler.ts';

/** Kinds that say rules: their effect is that the rules are in force in the zone. */
const DEFINITION_KINDS = [
  'Platform',
  'Zone',
  'Environment',
  'Namespace',
  'Entity',
  'Hold',
  'Policy',
];

export function createDefinitionHandlers(ports: {
  readonly definitions: Definitions;
}): readonly KindHandler[] {
  return [
    ...DEFINITION_KINDS.map((kind) =>
      createReceiverHandler(kind, planDefinition, ports.definitions),
    ),
    createReceiverHandler('BatchPrediction', planBatchPrediction, ports.definitions),
  ];
}
