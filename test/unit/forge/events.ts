import fc from 'fast-check';
import { toRfc3339 } from '../../../reconciler/core/contracts/instant.ts';
import type { PullAct, PullEvent } from '../../../reconciler/core/forge/pull-event.ts';

export const HEADS = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
export const PEOPLE = ['you@localhost', 'reviewer@localhost', 'plumbline@localhost'];
export const ARMOR = '-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----\n';

const head = fc.constantFrom(...HEADS);
const text = fc.constantFrom('', 'a text', 'two\nlines, "quoted" \\ λ');

export const anyAct: fc.Arbitrary<PullAct> = fc.oneof(
  fc.record({
    type: fc.constant('open' as const),
    title: fc.constantFrom('Raise', 'λ'),
    body: text,
    branch: fc.constantFrom('raise', 'b/c'),
    head,
  }),
  fc.record({ type: fc.constant('push' as const), head }),
  fc.record({
    type: fc.constant('check' as const),
    head,
    name: fc.constantFrom('plan', 'policy'),
    state: fc.constantFrom('pending', 'success', 'failure', 'neutral'),
    summary: text,
  }),
  fc.record({
    type: fc.constant('comment' as const),
    key: fc.constantFrom(null, 'plan', 'other'),
    body: text,
  }),
  fc
    .record({
      type: fc.constant('review' as const),
      head,
      verdict: fc.constantFrom('approve' as const, 'request-changes' as const),
      body: text,
      isSelf: fc.boolean(),
    })
    .map((act) => ({ ...act, signature: act.verdict === 'approve' ? ARMOR : null })),
  fc.record({
    type: fc.constant('merge' as const),
    head,
    method: fc.constantFrom('merge' as const, 'squash' as const),
    commit: head,
  }),
  fc.record({ type: fc.constant('close' as const), reason: text }),
);

/** An act in its place in the log of pull request 7, one second after the one before. */
export function toEvent(act: PullAct, seq: number, by: string, change: object = {}): PullEvent {
  const at = toRfc3339(Date.parse('2026-06-01T00:00:00Z') + 1000 * seq);
  return { v: 1, pull: 7, seq, at, by, ...act, ...change } as PullEvent;
}
