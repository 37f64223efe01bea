/** About one false alarm in so many windows, or so many in a year of windows of one length. */
export type FalseAlarmBudget =
  | { readonly windows: number }
  | { readonly perYear: number; readonly windowSeconds: number };

const SECONDS_PER_YEAR = 365 * 24 * 60 * 60;

/** The threshold A: a false alarm takes at least so many windows on average. */
export function toThreshold(budget: FalseAlarmBudget): number {
  const windows = 'windows' in budget ? budget.windows : countWindows(budget);
  if (Number.isSafeInteger(windows) && windows >= 1) return windows;
  throw new RangeError(`a false alarm in ${windows} windows is not a budget: one window at least`);
}

/** How many windows there are to one false alarm. */
export function countWindows(budget: {
  readonly perYear: number;
  readonly windowSeconds: number;
}): number {
  return Math.floor(SECONDS_PER_YEAR / budget.windowSeconds / budget.perYear);
}
