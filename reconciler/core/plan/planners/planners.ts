import type { Planner } from '../planner.ts';
import { planBatchPrediction } from './batch-prediction.ts';
import { planConnection } from './connection.ts';
import { planDataSource } from './data-source.ts';
import { planDefinition } from './definition.ts';
import { planEndpoint } from './endpoint.ts';
import { planFeatureView } from './feature-view.ts';
import { planModel } from './model.ts';
import { planMonitor } from './monitor.ts';
import { planRelease } from './release.ts';
import { planTarget } from './target.ts';
import { planTrainer } from './trainer.ts';

/** Which planner decides for which kind: the only list of them. */
export const PLANNERS: Readonly<Record<string, Planner>> = {
  Platform: planDefinition,
  Zone: planDefinition,
  Environment: planDefinition,
  Namespace: planDefinition,
  Target: planTarget,
  Connection: planConnection,
  Entity: planDefinition,
  DataSource: planDataSource,
  FeatureView: planFeatureView,
  Trainer: planTrainer,
  Model: planModel,
  Endpoint: planEndpoint,
  Release: planRelease,
  Monitor: planMonitor,
  BatchPrediction: planBatchPrediction,
  Hold: planDefinition,
  Policy: planDefinition,
};
