import { describe, expect, it } from 'vitest';
import { formatCommitMessage } from '../../../reconciler/core/audit/commit-message.ts';
import { sealRecord } from '../../../reconciler/core/audit/record.ts';
import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import { refOf } from '../plan/forms.ts';

const SEALED = sealRecord(
  {
    zone: 'ae',
    effectId: digestJson('effect'),
    ref: refOf('Target', 'laptop'),
    action: 'create',
    outcome: 'succeeded',
    cause: { revision: 'a'.repeat(40), pull: null, approvals: [], planDigest: digestJson('plan') },
    inputs: {},
    policyDigest: digestJson('policy'),
    evidence: {},
    at: '2026-06-01T00:00:00.000Z',
    actor: 'ssh-ed25519 AAAA',
    epoch: 1,
  },
  { seq: 7, prev: digestJson('before') },
);

describe('the message of a ledger commit', () => {
  it('is one sentence and four trailers', () => {
    expect(formatCommitMessage(SEALED, 'offers 2 cpu slots in cpu')).toBe(
      [
        'Create target laptop: offers 2 cpu slots in cpu',
        '',
        'Plumbline-Seq: 7',
        `Plumbline-Effect: ${SEALED.record.effectId}`,
        `Plumbline-Record: ${SEALED.digest}`,
        `Plumbline-Cause: ${'a'.repeat(40)}`,
        '',
      ].join('\n'),
    );
  });

  it('cannot be given a second trailer by a reason with line breaks', () => {
    const message = formatCommitMessage(SEALED, 'x\n\nPlumbline-Seq: 1\u2028Plumbline-Seq: 2');
    expect(message.match(/^Plumbline-Seq/gm)).toHaveLength(1);
  });

  it('has a bounded first line', () => {
    const [first] = formatCommitMessage(SEALED, 'x'.repeat(10_000)).split('\n');
    expect(first?.length).toBeLessThan(260);
  });
});

describe('a sealed record', () => {
  it('has a digest that covers its place in the chain', () => {
    const { v: _v, seq: _seq, prev: _prev, ...draft } = SEALED.record;
    const moved = sealRecord(draft, { seq: 8, prev: digestJson('before') });
    expect(moved.digest).not.toBe(SEALED.digest);
    expect(JSON.parse(SEALED.text)).toEqual(SEALED.record);
  });
});
