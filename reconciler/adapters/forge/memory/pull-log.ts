import { CodedError } from '../../../core/contracts/coded-error.ts';
import { foldPull } from '../../../core/forge/fold-pull.ts';
import type { PullLog } from '../../../ports/forge.ts';
import type { MemoryPullTables } from './tables.ts';

/** Nobody but us can reach it, so there is nothing to sign and nothing to verify. */
export function createMemoryPullLog(deps: { readonly tables: MemoryPullTables }): PullLog {
  const { events } = deps.tables;
  return {
    findLast: async () => events.size,
    async read(number) {
      const log = events.get(number);
      if (log === undefined) return null;
      const folded = foldPull(number, log);
      if (folded.state === 'valid') return folded.story;
      throw new CodedError('P416', `pull request ${number}: ${folded.why}`);
    },
    async append(event) {
      const log = events.get(event.pull) ?? [];
      if (event.seq !== log.length + 1) {
        const found = `has ${log.length} events, so none can be number ${event.seq}`;
        throw new CodedError('P405', `pull request ${event.pull} ${found}`);
      }
      events.set(event.pull, [...log, event]);
    },
  };
}
