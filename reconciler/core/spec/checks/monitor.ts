import { countWindows } from '../../drift/false-alarm-budget.ts';
import { toDurationSeconds } from '../duration.ts';
import type { MonitorSpec } from '../generated/monitor.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt } from './field-check.ts';

export const checkMonitor: FieldCheck<MonitorSpec> = (spec) => {
  const { falseAlarmBudget, effect, window } = spec;
  const problems: FieldProblem[] = [];
  if (Object.keys(falseAlarmBudget).length !== 1) {
    const message = 'a false-alarm budget is so many alarms a year, or one in so many windows';
    const hint = 'write `perYear` or `windows`';
    problems.push(problemAt('P207', '/spec/falseAlarmBudget', message, hint));
  }
  const { perYear } = falseAlarmBudget;
  const windowSeconds = toDurationSeconds(window);
  if (perYear !== undefined && countWindows({ perYear, windowSeconds }) < 1) {
    const message = `${perYear} alarms a year are more than there are windows of ${window}`;
    const hint = 'shorten the window, or allow fewer alarms';
    problems.push(problemAt('P207', '/spec/falseAlarmBudget/perYear', message, hint));
  }
  if (effect.retrain < effect.warn) {
    const message = `a drift begins at ${effect.retrain} nats, before a warning at ${effect.warn}`;
    const hint = 'make `retrain` at least as large as `warn`';
    problems.push(problemAt('P207', '/spec/effect/retrain', message, hint));
  }
  return problems;
};
