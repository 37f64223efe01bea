/** What an action leads to: a resource that is there, or one that is gone. */
export type Direction = 'converge' | 'remove';

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  create: 'converge',
  update: 'converge',
  refresh: 'converge',
  train: 'converge',
  publish: 'converge',
  shift: 'converge',
  promote: 'converge',
  rollback: 'converge',
  resume: 'converge',
  alarm: 'converge',
  retrain: 'converge',
  conclude: 'converge',
  retire: 'remove',
  orphan: 'remove',
  delete: 'remove',
};

export function directionOf(action: string): Direction {
  const direction = DIRECTIONS[action];
  if (direction === undefined) throw new Error(`no direction is known for the action ${action}`);
  return direction;
}
