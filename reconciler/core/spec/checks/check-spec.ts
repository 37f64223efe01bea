import type { Ref } from '../../contracts/ref.ts';
import type { Kind, SpecByKind } from '../generated/kinds.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { checkBatchPrediction } from './batch-prediction.ts';
import { checkConnection } from './connection.ts';
import { checkDataSource } from './data-source.ts';
import { checkEndpoint } from './endpoint.ts';
import { checkFeatureView } from './feature-view.ts';
import type { FieldCheck } from './field-check.ts';
import { checkHold } from './hold.ts';
import { checkModel } from './model.ts';
import { checkMonitor } from './monitor.ts';
import { checkPolicy } from './policy.ts';
import { checkRelease } from './release.ts';

const CHECKS: { readonly [K in Kind]?: FieldCheck<SpecByKind[K]> } = {
  BatchPrediction: checkBatchPrediction,
  Connection: checkConnection,
  DataSource: checkDataSource,
  Endpoint: checkEndpoint,
  FeatureView: checkFeatureView,
  Hold: checkHold,
  Model: checkModel,
  Monitor: checkMonitor,
  Policy: checkPolicy,
  Release: checkRelease,
};

/** How the fields of one document fit together; `spec` is one that its kind's schema accepts. */
export function checkSpec(ref: Ref, spec: unknown): readonly FieldProblem[] {
  const check = CHECKS[ref.kind as Kind] as FieldCheck<unknown> | undefined;
  return check === undefined ? [] : check(spec, ref);
}
