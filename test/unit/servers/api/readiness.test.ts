import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../../../reconciler/core/status/zone-status.ts';
import { listNotReady } from '../../../../reconciler/servers/api/readiness.ts';
import { makeZone } from '../../../support/api-servers.ts';

const NO_SOURCE = { revision: null, judged: null, held: null, diagnostics: [] };

describe('readiness of a zone', () => {
  it.each<readonly [string, Partial<ZoneStatus>, string | null]>([
    ['leads with a revision in force', {}, null],
    ['leads and still works', { isConverged: false }, null],
    ['leads and holds a newer revision', { source: { ...makeZone().source, held: 'P205' } }, null],
    ['leads after an earlier trouble', { trouble: 'P411 lease lost' }, null],
    ['leads without a revision', { source: NO_SOURCE }, 'no revision is in force yet'],
    [
      'leads and holds its first revision',
      { source: { ...NO_SOURCE, held: 'P204 no main branch' } },
      'P204 no main branch',
    ],
    ['stands by', { role: 'standby', epoch: null, source: NO_SOURCE }, null],
    [
      'stands by after its term failed',
      { role: 'standby', trouble: 'P401 no answer' },
      'P401 no answer',
    ],
    ['starts', { role: 'starting' }, 'starting'],
    ['has stopped', { role: 'stopped' }, 'stopped'],
  ])('that %s', (_, change, why) => {
    const expected = why === null ? [] : [{ zone: 'ae', why }];
    expect(listNotReady([makeZone(change)])).toEqual(expected);
  });

  it('is missed when there is no zone at all', () => {
    expect(listNotReady([])).toEqual([{ zone: null, why: 'no zone is open yet' }]);
  });
});
