import { describe, expect, it } from 'vitest';
import type { PullStory } from '../../../../reconciler/core/forge/pull-request.ts';
import { summarisePull } from '../../../../reconciler/core/forge/summarise-pull.ts';
import { NOTHING_RECENT } from '../../../../reconciler/core/status/recent-story.ts';
import {
  renderPulls,
  renderRecords,
  renderTraffic,
} from '../../../../reconciler/servers/api/recent-sections.ts';

const HEAD = 'a'.repeat(40);
const AT = '2026-06-01T12:00:00.000Z';

const toPull = (text: string): PullStory => ({
  ...{ number: 7, title: text, body: text, author: text, branch: 'b', head: HEAD, state: 'open' },
  ...{ openedAt: AT, updatedAt: AT, pushers: [], comments: [], merged: null, closed: null, seq: 1 },
  checks: [
    { name: 'old', head: 'b'.repeat(40), state: 'failure', summary: '', by: text, at: AT },
    { name: 'plumbline/plan', head: HEAD, state: 'pending', summary: '', by: text, at: AT },
    { name: 'plumbline/plan', head: HEAD, state: 'success', summary: '', by: text, at: AT },
  ],
  reviews: [
    {
      ...{ by: text, verdict: 'approve', head: HEAD, body: text, at: AT, isSelf: true },
      ...{ isStale: false, signature: null },
    },
    {
      ...{ by: 'stale', verdict: 'approve', head: HEAD, body: text, at: AT, isSelf: false },
      ...{ isStale: true, signature: null },
    },
  ],
});

describe('what waits for people', () => {
  it('is not there when nothing does', () => {
    expect(renderPulls(NOTHING_RECENT)).toBe('');
  });

  it('says what was said of the present head, and how to look at it', () => {
    const html = renderPulls({
      ...NOTHING_RECENT,
      pulls: [summarisePull(toPull('you@localhost'))],
    });
    expect(html).toContain('plumbline/plan: success<br>you@localhost approved (had a part in it)');
    expect(html).toContain('<code>plumb pr show 7</code>');
    expect(html).not.toContain('stale');
    expect(html).not.toContain('old: failure');
  });

  it('says what could not be read, also when nothing else is there', () => {
    expect(renderPulls({ ...NOTHING_RECENT, unread: ['no <i>'] })).toContain('no &lt;i&gt;');
  });

  it('keeps texts of others in their place', () => {
    const html = renderPulls({ ...NOTHING_RECENT, pulls: [summarisePull(toPull('<script>"&\''))] });
    expect(html).not.toContain('<script>');
  });
});

describe('the traffic of a zone', () => {
  it('says which version gets how much, in figures and as a bar', () => {
    const versions = [
      { version: `sha256:${'1'.repeat(64)}`, percent: 90 },
      { version: `sha256:${'2'.repeat(64)}`, percent: 10 },
    ];
    const html = renderTraffic([{ endpoint: 'payments/<b>', versions }], 'zone-0');
    expect(html).toContain('payments/&lt;b&gt;');
    expect(html).toMatch(/value="90"[\s\S]*90 % <code>sha256:111111111111<\/code>/);
    expect(html).toMatch(/value="10"[\s\S]*10 % <code>sha256:222222222222<\/code>/);
  });

  it('is left out where nothing answers', () => {
    expect(renderTraffic([], 'zone-0') + renderTraffic(undefined, 'zone-0')).toBe('');
  });
});

describe('the last records', () => {
  it('are left out where there are none', () => {
    expect(renderRecords(undefined, 'zone-0')).toBe('');
    expect(renderRecords([], 'zone-0')).toBe('');
  });

  it('say how it ended where that was not well', () => {
    const record = { seq: 2, at: AT, title: 'Update <b>', outcome: 'abandoned' };
    const html = renderRecords([{ ...record, seq: 3, outcome: 'succeeded' }, record], 'zone-0');
    expect(html).toContain('<td>Update &lt;b&gt; (abandoned)</td>');
    expect(html).toContain('<td>Update &lt;b&gt;</td>');
    expect(html).toContain('<td>2026-06-01 12:00 UTC</td>');
  });
});
