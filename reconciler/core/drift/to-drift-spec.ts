import { toDurationSeconds } from '../spec/duration.ts';
import type { MonitorSpec } from '../spec/generated/monitor.generated.ts';
import type { DriftSpec } from './drift-spec.ts';

type Budgeted = Pick<MonitorSpec, 'falseAlarmBudget' | 'window'>;

/** What a monitor judges by. Nobody has said yet how much each feature counts: any may matter. */
export function toDriftSpec(spec: MonitorSpec): DriftSpec {
  return {
    effect: { ...spec.effect, aggregate: { kind: 'max' } },
    falseAlarmBudget: toBudget(spec),
    quality: spec.quality,
  };
}

function toBudget({ falseAlarmBudget, window }: Budgeted): DriftSpec['falseAlarmBudget'] {
  const { perYear, windows } = falseAlarmBudget;
  if (windows !== undefined) return { windows };
  return { perYear: perYear ?? 1, windowSeconds: toDurationSeconds(window) };
}
