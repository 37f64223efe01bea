import type { CounterEntry } from '../../../core/contracts/generated/counter-delta.generated.ts';
import {
  addCounters,
  type CounterKey,
  compareCounters,
  requireShape,
  sumCounters,
  toCounterKey,
  toCounterShape,
} from '../../../core/serving/sum-counters.ts';
import type { Counters } from '../../../ports/counters.ts';
import type { MemoryCounterTables, TakenBoot } from './tables.ts';

export function createMemoryCounters(deps: { readonly tables: MemoryCounterTables }): Counters {
  const { tables } = deps;
  return {
    async accept({ node, boot, sequence, entries }) {
      const taken = tables.boots.get(`${node} ${boot}`) ?? { upTo: 0, beyond: new Set() };
      if (sequence <= taken.upTo || taken.beyond.has(sequence)) return 'known';
      const added = addAll(tables, structuredClone(entries));
      for (const [key, total] of added) tables.totals.set(key, total);
      for (const entry of entries) tables.shapes.set(entry.version, toCounterShape(entry));
      tables.boots.set(`${node} ${boot}`, take(taken, sequence));
      return 'accepted';
    },

    async readTotals(endpoint) {
      const totals = [...tables.totals.values()];
      const wanted = totals.filter((total) => endpoint === null || total.endpoint === endpoint);
      return structuredClone(wanted.sort(compareCounters));
    },
  };
}

/** Apart from the tables, so that a refusal in the middle changes nothing. */
function addAll(tables: MemoryCounterTables, entries: readonly CounterEntry[]) {
  const shapes = new Map(tables.shapes);
  for (const entry of entries) {
    const shape = toCounterShape(entry);
    requireShape(entry.version, shapes.get(entry.version) ?? shape, shape);
    shapes.set(entry.version, shape);
  }
  return sumCounters(entries).map((entry): readonly [CounterKey, CounterEntry] => {
    const key = toCounterKey(entry);
    const before = tables.totals.get(key);
    return [key, before === undefined ? entry : addCounters(before, entry)];
  });
}

function take({ upTo, beyond }: TakenBoot, sequence: number): TakenBoot {
  const left = new Set(beyond).add(sequence);
  let mark = upTo;
  while (left.delete(mark + 1)) mark += 1;
  return { upTo: mark, beyond: left };
}
