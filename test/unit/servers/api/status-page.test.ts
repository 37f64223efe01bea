import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResourceStatus, ZoneStatus } from '../../../../reconciler/core/status/zone-status.ts';
import { escapeHtml } from '../../../../reconciler/servers/api/escape-html.ts';
import { renderStatusPage, STYLE_DIGEST } from '../../../../reconciler/servers/api/status-page.ts';
import { makeZone, REVISION } from '../../../support/api-servers.ts';

const VOID_TAGS: ReadonlySet<string> = new Set(['meta', 'link', 'br', '!doctype']);

/** Every tag in order with its attributes; a text that got out of its place would add to it. */
const listTags = (html: string) => html.match(/<[^>]*>/g) ?? [];

function makeHostileZone(text: string): ZoneStatus {
  const location = { path: text, line: 1, column: 2 };
  return makeZone({
    zone: text,
    role: 'standby',
    trouble: text,
    source: {
      revision: text,
      judged: text,
      held: text,
      diagnostics: [{ code: 'P113', severity: 'error', message: text, location, hint: text }],
    },
    resources: [
      {
        ref: { kind: text, namespace: text, name: text },
        conditions: [{ type: 'Ready', status: 'Unknown', reason: text, message: text }],
      },
    ],
  });
}

const makeResource = (name: string, type: 'Ready' | 'Stalled'): ResourceStatus => ({
  ref: { kind: 'Target', namespace: 'platform', name },
  conditions: [{ type, status: 'True', reason: 'Because', message: `message of ${name}` }],
});

describe('texts on the status page', () => {
  it('cannot leave their place, whatever they are', () => {
    const expected = listTags(renderStatusPage([makeHostileZone('harmless')]));
    const piece = fc.constantFrom(
      '<script>',
      '"',
      "'",
      '>',
      '--',
      '</style>',
      '&',
      '\u202e',
      '=x ',
    );
    const text = fc
      .array(fc.oneof(piece, fc.string({ unit: 'binary' })))
      .map((all) => all.join(''));
    const law = fc.property(text, (hostile) => {
      expect(listTags(renderStatusPage([makeHostileZone(hostile)]))).toEqual(expected);
    });
    fc.assert(law, { numRuns: 200 });
  });

  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`" onload='x' &amp;`, '&quot; onload=&#39;x&#39; &amp;amp;'],
    ['a\u202egpj.exe\u0000\u200b', 'a\\u202egpj.exe\\u0000\\u200b'],
    ['\ud800 🔑 é 鍵', '\\ud800 🔑 é 鍵'],
    ['x'.repeat(1_001), `${'x'.repeat(1_000)}…`],
  ])('are escaped: %j', (text, expected) => {
    expect(escapeHtml(text)).toBe(expected);
  });
});

describe('the status page', () => {
  it('says of each zone what it does, what is in force, what is held and why', () => {
    const zone = makeZone({
      source: {
        revision: REVISION,
        judged: REVISION,
        held: 'P205 a Zone is invalid',
        diagnostics: [],
      },
      trouble: 'P401 no answer',
      isConverged: false,
    });
    const html = renderStatusPage([zone]);
    for (const said of [
      ...['Zone</span> ae', 'leads', 'newer revision held back', REVISION],
      ...['P205 a Zone is invalid', 'P401 no answer', 'target laptop', 'live equals desired'],
    ]) {
      expect(html).toContain(said);
    }
  });

  it('says where and what is wrong in the repo, and what to do', () => {
    const location = { path: 'zones/ae.yaml', line: 7, column: 3 };
    const html = renderStatusPage([
      makeZone({
        source: {
          revision: null,
          judged: null,
          held: null,
          diagnostics: [
            {
              code: 'P111',
              severity: 'warning',
              message: 'no such field',
              location,
              hint: 'did you mean x?',
            },
          ],
        },
      }),
    ]);
    expect(html).toContain('zones/ae.yaml:7:3</code> no such field');
    expect(html).toContain('did you mean x?');
    expect(html).toContain('none yet');
  });

  it('puts what needs a person first', () => {
    const resources = [makeResource('calm', 'Ready'), makeResource('stuck', 'Stalled')];
    const html = renderStatusPage([makeZone({ resources })]);
    expect(html.indexOf('target stuck')).toBeLessThan(html.indexOf('target calm'));
    expect(html).toContain('<title>(1) Plumbline</title>');
    expect(html).toContain('One zone; 1 needs attention.');
  });

  it('is of bounded size, and says what it leaves out', () => {
    const resources = Array.from({ length: 10_000 }, (_, n) => makeResource(`t-${n}`, 'Ready'));
    const html = renderStatusPage([makeZone({ resources })]);
    expect(html.match(/<th scope="row">/g)).toHaveLength(500);
    expect(html).toContain('And 9500 more resources');
    expect(html).toContain('Resources (10000)');
  });

  it.each([
    ['no zones', [], 'No zone is open yet.'],
    ['one zone at rest', [makeZone()], 'One zone. All is as Git says.'],
    ['one zone at work', [makeZone({ isConverged: false })], 'One zone. Work is in progress.'],
    ['a zone without resources', [makeZone({ resources: [] })], 'No resources yet.'],
  ])('has a sentence for %s', (_, zones, sentence) => {
    expect(renderStatusPage(zones)).toContain(sentence);
  });
});

describe('the page as a document', () => {
  const html = renderStatusPage([makeZone(), makeHostileZone('de')]);

  it('closes what it opens, in order', () => {
    const open: string[] = [];
    for (const tag of listTags(html)) {
      const [, slash, name = ''] = /^<(\/?)([a-z0-9!]+)/.exec(tag) ?? [];
      if (VOID_TAGS.has(name)) continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('can be read aloud: language, headings, table headers, names of regions', () => {
    expect(html).toContain('<html lang="en">');
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html.match(/<table>/g)).toHaveLength(html.match(/<caption /g)?.length ?? -1);
    expect(html).not.toMatch(/<th(?! scope=)[ >]/);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
  });

  it('runs nothing, fetches nothing, and has the one style that its policy names', () => {
    expect(html).not.toMatch(
      /<script|<iframe|<img|<form| on[a-z]+=| style=|javascript:|https?:\/\/(?!www\.w3\.org)/,
    );
    const styles = [...html.matchAll(/<style>([^<]*)<\/style>/g)].map(([, style]) => style ?? '');
    expect(styles).toHaveLength(1);
    const digest = createHash('sha256').update(styles.join('')).digest('base64');
    expect(STYLE_DIGEST).toBe(`sha256-${digest}`);
  });
});
