import assert from 'node:assert/strict';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessRecord, ProcessRegistry } from '../../../ports/process-registry.ts';
import type { MemoryMachine } from './machine.ts';

/** As seen by the process `pid` of the machine; every process shares the machine's records. */
export function createMemoryProcessRegistry(deps: {
  readonly machine: MemoryMachine;
  readonly pid: number;
  readonly clock: Clock;
}): ProcessRegistry {
  const { machine, pid, clock } = deps;
  const runs = (record: ProcessRecord) => machine.identityOf(record.pid) === record.identity;
  const findNow = (name: string): ProcessRecord | null => {
    const record = machine.records.get(name);
    return record !== undefined && runs(record) ? record : null;
  };

  return {
    find: async (name) => findNow(name),

    async registerSelf(name, details) {
      const identity = machine.identityOf(pid);
      assert(identity !== null, 'the calling process runs');
      const there = findNow(name);
      if (there !== null && there.pid !== pid) {
        throw new CodedError('P604', `process ${there.pid} runs already`);
      }
      machine.records.set(name, { pid, identity, details: structuredClone(details) });
    },

    async unregisterSelf(name) {
      if (findNow(name)?.pid === pid) machine.records.delete(name);
    },

    async stop(name, graceMs) {
      const record = findNow(name);
      if (record === null) return 'absent';
      assert(record.pid !== pid, 'a process does not wait for its own end');
      machine.terminate(record.pid);
      if (runs(record)) await clock.sleep(graceMs);
      if (!runs(record)) return 'stopped';
      machine.end(record.pid);
      return 'killed';
    },
  };
}
