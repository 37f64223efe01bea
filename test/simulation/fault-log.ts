/** Every way in which the simulated world is unkind; each is counted when it truly happens. */
export const FAULT_CLASSES = [
  'call-lost',
  'answer-lost',
  'call-doubled',
  'call-slow',
  'call-hung',
  'policy-error',
  'outage',
  'crash-before-effect',
  'crash-after-effect',
  'crash-after-outcome',
  'crash-elsewhere',
  'crash-at-rest',
  'message-after-death',
  'pause',
  'stop',
  'pace-change',
  'false-obituary',
  'hint-lost',
  'target-gone',
  'slot-broken',
  'slot-in-use',
  'file-broken',
  'force-push',
  'mass-removal',
  'node-down',
  'pull-edited',
  'pull-closed',
  'pull-merged',
  'pull-conflict',
] as const;

export type FaultClass = (typeof FAULT_CLASSES)[number];

export type FaultLog = {
  readonly count: (fault: FaultClass) => void;
  readonly read: () => ReadonlyMap<FaultClass, number>;
};

export function createFaultLog(onFault: (fault: FaultClass) => void): FaultLog {
  const counts = new Map<FaultClass, number>();
  return {
    count: (fault) => {
      counts.set(fault, (counts.get(fault) ?? 0) + 1);
      onFault(fault);
    },
    read: () => counts,
  };
}
