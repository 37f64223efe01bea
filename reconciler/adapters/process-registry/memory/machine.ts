import type { ProcessRecord } from '../../../ports/process-registry.ts';

/** How a simulated process takes a request to end. */
export type MemoryProcessHabit = 'obeys' | 'ignores-requests';

/** A machine with processes that are numbers: what a registry would find on a real one. */
export type MemoryMachine = {
  readonly records: Map<string, ProcessRecord>;
  readonly start: (habit: MemoryProcessHabit) => number;
  /** Gives the id of a process that ended to a new one. */
  readonly startWithPid: (pid: number, habit: MemoryProcessHabit) => void;
  readonly identityOf: (pid: number) => string | null;
  readonly terminate: (pid: number) => void;
  readonly end: (pid: number) => void;
};

export function createMemoryMachine(): MemoryMachine {
  const running = new Map<number, { readonly identity: string; readonly habit: string }>();
  let started = 0;
  const startWithPid = (pid: number, habit: MemoryProcessHabit): void => {
    started += 1;
    running.set(pid, { identity: `memory:${started}`, habit });
  };
  return {
    records: new Map(),
    startWithPid,
    start(habit) {
      let pid = started + 1;
      while (running.has(pid)) pid += 1;
      startWithPid(pid, habit);
      return pid;
    },
    identityOf: (pid) => running.get(pid)?.identity ?? null,
    terminate(pid) {
      if (running.get(pid)?.habit === 'obeys') running.delete(pid);
    },
    end: (pid) => void running.delete(pid),
  };
}
