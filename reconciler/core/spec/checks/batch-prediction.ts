import type { BatchPredictionSpec } from '../generated/batch-prediction.generated.ts';
import { checkCron } from './cron.ts';
import type { FieldCheck } from './field-check.ts';

export const checkBatchPrediction: FieldCheck<BatchPredictionSpec> = ({ schedule }) =>
  checkCron('/spec/schedule', schedule);
