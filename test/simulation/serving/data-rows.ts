import type { MemoryDataConnections } from '../../../reconciler/adapters/data-connections/memory/data-connections.ts';

const FIRST_ROWS = 'customer,at,amount,bad\nc-1,2025-05-01T00:00:00Z,12.5,false\n';

/** The data of the first day, and of so many days on which somebody delivered more. */
export function writeRows(connections: Pick<MemoryDataConnections, 'put'>, days: number): void {
  const more = Array.from({ length: days }, (_, day) => {
    const at = new Date(Date.UTC(2025, 7, 1 + 3 * day)).toISOString();
    return `c-1,${at},12.5,false\n`;
  });
  const bytes = Buffer.from(FIRST_ROWS + more.join(''));
  connections.put({ connection: 'files', path: 'rows.csv' }, bytes);
}
