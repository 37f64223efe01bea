import type { Planner } from '../planner.ts';
import { planDefinition } from './definition.ts';
import { planTarget } from './target.ts';

/** Which planner decides for which kind: the only list of them. */
export const PLANNERS: Readonly<Record<string, Planner>> = {
  Platform: planDefinition,
  Zone: planDefinition,
  Environment: planDefinition,
  Namespace: planDefinition,
  Target: planTarget,
};
