import { describe, expect, it } from 'vitest';
import { listCommitPeople } from '../../../reconciler/core/forge/commit-people.ts';
import { findMergeFault } from '../../../reconciler/core/forge/find-merge-fault.ts';
import { findPrincipal } from '../../../reconciler/core/forge/find-principal.ts';
import { foldPull } from '../../../reconciler/core/forge/fold-pull.ts';
import { toPrintable } from '../../../reconciler/core/forge/printable.ts';
import type { PullAct } from '../../../reconciler/core/forge/pull-event.ts';
import type { PullRequest } from '../../../reconciler/core/forge/pull-request.ts';
import { renderDiff, renderPull, renderPulls } from '../../../reconciler/core/forge/render-pull.ts';
import { toOpaqueDiff } from '../../../reconciler/core/forge/unified-diff.ts';
import { ACTORS, toLine } from '../../contract/forge/harness.ts';
import { ARMOR, HEADS, toEvent } from './events.ts';

const [A = '', B = '', C = ''] = HEADS;
const YOU = 'you@localhost';
const REVIEWER = 'reviewer@localhost';

function toPull(...acts: readonly (readonly [PullAct, string])[]): PullRequest {
  const open = {
    type: 'open',
    title: 'Raise \u001b[31mred',
    body: 'line 1\nline 2',
    branch: 'raise',
    head: A,
  } as const;
  const events = [[open, YOU] as const, ...acts].map(([act, by], index) =>
    toEvent(act, index + 1, by),
  );
  const folded = foldPull(7, events);
  if (folded.state === 'invalid') throw new Error(folded.why);
  return { ...folded.story, base: C, authors: [YOU], isBehind: false, conflicts: [] };
}

const review = (verdict: 'approve' | 'request-changes', head = A): PullAct => ({
  type: 'review',
  head,
  verdict,
  body: '',
  isSelf: false,
  signature: verdict === 'approve' ? ARMOR : null,
});
const push: PullAct = { type: 'push', head: B };

describe('a pull request for people', () => {
  it('is shown with what was said of it', () => {
    const check = { type: 'check', head: A, name: 'plan', state: 'success', summary: '1 change' };
    const pull = toPull(
      [check as PullAct, 'plumbline@localhost'],
      [review('approve'), REVIEWER],
      [{ type: 'comment', key: null, body: 'fine' }, REVIEWER],
    );
    expect(renderPull({ ...pull, isBehind: true })).toBe(
      [
        'pull request 7  Raise \\u001b[31mred',
        'state    open',
        'branch   raise at aaaaaaaaaaaa, from main at cccccccccccc',
        'opened   2026-06-01T00:00:01.000Z by you@localhost',
        'authors  you@localhost',
        'behind   main went on; nothing of it is in the way',
        '',
        '  line 1',
        '  line 2',
        '',
        'checks',
        '  plan: success (plumbline@localhost)',
        '    1 change',
        '',
        'reviews',
        '  reviewer@localhost approved aaaaaaaaaaaa, 2026-06-01T00:00:03.000Z',
        '',
        'comments',
        '  reviewer@localhost, 2026-06-01T00:00:04.000Z',
        '    fine',
        '',
      ].join('\n'),
    );
  });

  it('shows nothing of what it says to the terminal itself', () => {
    const hostile = 'x\u001b[2J\u202e';
    const pull = toPull(
      [{ type: 'comment', key: null, body: hostile }, `a${hostile}@b`],
      [{ type: 'close', reason: hostile }, YOU],
    );
    const shown = renderPull({ ...pull, conflicts: [hostile], authors: [hostile] });
    for (const text of [shown, ...renderPulls([{ ...pull, branch: hostile }])]) {
      expect(text).not.toContain('\u001b');
      expect(text).not.toContain('\u202e');
    }
    expect(toPrintable('می\u200cخواهم \u200f')).toBe('می\u200cخواهم \u200f');
  });

  it('says how it ended, and what is in its way', () => {
    const merged = toPull([{ type: 'merge', head: A, method: 'squash', commit: B }, YOU]);
    expect(renderPull(merged)).toContain(
      'state    merged as bbbbbbbbbbbb (squash) by you@localhost',
    );
    const closed = toPull([{ type: 'close', reason: 'not now' }, YOU]);
    expect(renderPull(closed)).toContain('not now');
    expect(renderPull({ ...toPull(), conflicts: ['a.yaml'] })).toContain('conflict a.yaml');
  });

  it('is listed with what reviews say of its present head', () => {
    const standing = (...acts: readonly (readonly [PullAct, string])[]) =>
      renderPulls([toPull(...acts)])[0]?.split(/ {2,}/)[3];
    expect(standing()).toBe('-');
    expect(standing([review('approve'), REVIEWER])).toBe('approved');
    expect(standing([review('approve'), YOU])).toBe('self');
    expect(standing([review('request-changes'), REVIEWER])).toBe('changes-requested');
    expect(standing([review('approve'), REVIEWER], [push, YOU])).toBe('-');
    expect(renderPulls([])).toEqual([]);
  });

  it('names files that are not shown, and says when there are more', () => {
    expect(renderDiff([toOpaqueDiff('model.onnx', 'added')], false)).toBe(
      ' model.onnx  not shown as text  added\n … and more than is shown here; git diff shows all of it\n',
    );
  });

  it('spells out what a terminal would not show', () => {
    expect(toPrintable('a\tb\nc\u001b[2J\u202ed\u0000')).toBe('a\tb\nc\\u001b[2J\\u202ed\\u0000');
  });
});

describe('whether what was said speaks against merging', () => {
  it('asks for another look when all approvals are of an earlier head', () => {
    expect(findMergeFault(toPull())).toBeNull();
    expect(findMergeFault(toPull([review('approve'), REVIEWER]))).toBeNull();
    const moved = [
      [review('approve'), REVIEWER],
      [push, YOU],
    ] as const;
    expect(findMergeFault(toPull(...moved))).toMatchObject({ code: 'P418' });
    expect(findMergeFault(toPull(...moved, [review('approve', B), 'third@localhost']))).toBeNull();
  });

  it('hears who asks for changes, until the head moves', () => {
    const asked = [review('request-changes'), REVIEWER] as const;
    expect(findMergeFault(toPull(asked))).toMatchObject({
      code: 'P420',
      why: expect.stringContaining(REVIEWER),
    });
    expect(findMergeFault(toPull(asked, [push, YOU]))).toBeNull();
  });
});

describe('people', () => {
  it('are the author and the committer of a commit, once each', () => {
    const commit = (author: string, committer: string) =>
      Buffer.from(
        `tree ${A}\nauthor ${author} 1 +0000\ncommitter ${committer} 1 +0000\n\nauthor X <x@y> 1 +0000\n`,
      );
    expect(listCommitPeople(commit('A <A@b>', 'B <c@d>'))).toEqual(['a@b', 'c@d']);
    expect(listCommitPeople(commit('A <a@b>', 'A <a@b>'))).toEqual(['a@b']);
    expect(listCommitPeople(Buffer.from('nonsense'))).toEqual([]);
  });

  it('are found by their key, for the purpose and the time that the signers name', () => {
    const { publicKey } = ACTORS.you.signer;
    const find = (line: string, namespace = 'git', at = Date.parse('2026-06-01')) =>
      findPrincipal(`# a comment\n${line}\n`, { publicKey, namespace, at });
    expect(find(toLine('you', 'git'))).toBe(YOU);
    expect(find(toLine('you', 'git'), 'plumbline-approval')).toBeNull();
    expect(find(toLine('reviewer', 'git'))).toBeNull();
    expect(find(toLine('you', 'git', ',valid-before="20260101Z"'))).toBeNull();
    expect(find(toLine('you', 'git', ',valid-after="20260101Z"'))).toBe(YOU);
    expect(find(`!other@x,${YOU} ${publicKey}`)).toBe(YOU);
    expect(findPrincipal('', { publicKey: 'no key', namespace: 'git', at: 0 })).toBeNull();
  });
});
