import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCanonicalJson } from '../../../reconciler/core/contracts/canonical-json.ts';
import type { JsonObject } from '../../../reconciler/core/contracts/json.ts';
import { parsePullEvent } from '../../../reconciler/core/forge/parse-pull-event.ts';
import {
  formatPullEvent,
  type PullEvent,
  toPullSentence,
} from '../../../reconciler/core/forge/pull-event.ts';
import { ARMOR, anyAct, HEADS, PEOPLE, toEvent } from './events.ts';

const anyEvent = fc
  .tuple(anyAct, fc.integer({ min: 1, max: 1000 }), fc.constantFrom(...PEOPLE))
  .map(([act, seq, by]) => toEvent(act, seq, by));
const [HEAD = ''] = HEADS;
const push = toEvent({ type: 'push', head: HEAD }, 2, 'you@localhost');
const why = (text: string) => {
  const parsed = parsePullEvent(text);
  return parsed.state === 'invalid' ? parsed.why : null;
};
const refuse = (event: object) => why(toCanonicalJson(event as JsonObject));

describe('an event of a pull request as text', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        expect(parsePullEvent(formatPullEvent(event))).toEqual({ state: 'valid', event });
      }),
    );
  });

  it('asks for every field, and for no other', () => {
    fc.assert(
      fc.property(anyEvent, fc.nat(), (event, choice) => {
        const names = Object.keys(event);
        const name = names[choice % names.length] ?? '';
        const { [name as keyof PullEvent]: _, ...rest } = event;
        expect(refuse(rest)).not.toBeNull();
        expect(refuse({ ...event, [name]: { nested: true } })).not.toBeNull();
        expect(refuse({ ...event, extra: 1 })).toBe(`${event.type} has an unknown field`);
      }),
    );
  });

  it('never throws, and believes no other spelling of an event', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(why(text)).not.toBeNull();
      }),
    );
    const text = formatPullEvent(push);
    expect(why(text)).toBeNull();
    const spellings = [
      ` ${text}`,
      `${text}\n`,
      text.replace('"seq":2', '"seq":2,"seq":2'),
      text.replace('"seq":2', '"seq":2.0'),
      text.replace('push', '\\u0070ush'),
      JSON.stringify(push),
      `[${text}]`,
      'null',
      '{'.repeat(100_000),
    ];
    for (const spelling of spellings) {
      expect(why(spelling)).toBe('it is no JSON object in its canonical form');
    }
  });

  it('is not fooled by a field that every object has', () => {
    const text = formatPullEvent(push).replace('{', '{"__proto__":{"v":1},');
    expect(why(text)).toBe('push has an unknown field');
    expect(why('{"__proto__":{"type":"push","v":1}}')).toBe('it is of an unknown type');
  });

  it('says so when a newer version wrote it', () => {
    expect(refuse({ v: 2, anything: true })).toContain('version 2');
    expect(refuse({ ...push, v: 0 })).toBe('v of push is not 1');
  });

  it.each([
    ['an unknown type', { ...push, type: 'rename' }],
    ['a type that every object has', { ...push, type: 'constructor' }],
    ['no commit', { ...push, head: 'main' }],
    ['a place of zero', { ...push, seq: 0 }],
    ['half a number', { ...push, pull: 1.5 }],
    ['no time', { ...push, at: 'yesterday' }],
    ['somebody of two lines', { ...push, by: 'you\nreviewer' }],
    ['nobody', { ...push, by: '' }],
    ['a line that turns its direction', toEvent({ ...open(), title: 'a\u2028b' }, 1, 'you')],
    ['a branch that is none', toEvent({ ...open(), branch: '../main' }, 1, 'you')],
    ['a title that is too long', toEvent({ ...open(), title: 'x'.repeat(201) }, 1, 'you')],
    ['a body that is too long', toEvent({ ...open(), body: 'x'.repeat(16_385) }, 1, 'you')],
    ['an approval without a signature', toEvent({ ...review(), signature: null }, 2, 'you')],
    [
      'a signature of an objection',
      toEvent({ ...review(), verdict: 'request-changes', signature: ARMOR }, 2, 'you'),
    ],
  ])('refuses %s', (_, event) => {
    expect(refuse(event)).not.toBeNull();
  });

  it('refuses what is longer than any event', () => {
    expect(why(`{"v":1,"x":"${'x'.repeat(200_000)}"}`)).toBe('it is too long');
  });

  it('is told in one line', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const sentence = toPullSentence(event);
        expect(sentence).toContain(event.by);
        expect(sentence).not.toContain('\n');
      }),
    );
  });
});

function open() {
  return { type: 'open', title: 't', body: '', branch: 'b', head: HEAD } as const;
}

function review() {
  const verdict = 'approve' as const;
  return {
    type: 'review',
    head: HEAD,
    verdict,
    body: '',
    isSelf: false,
    signature: ARMOR,
  } as const;
}
