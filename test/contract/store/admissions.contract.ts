import { expect, it } from 'vitest';
import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import { makeAdmission, makeForm } from '../../support/journal-samples.ts';
import type { GetHarness } from './harness.ts';
import { lead } from './lead.ts';

export function describeAdmissions(harness: GetHarness): void {
  it('has none at first', async () => {
    const store = await harness().open();
    expect(await store.admissions.readLatest()).toBeNull();
  });

  it('gives back what was admitted, to every handle', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const admission = makeAdmission(1, [makeForm('alpha', 1), makeForm('beta', 2)]);
    await store.admissions.admit(fence, admission);
    expect(await store.admissions.readLatest()).toEqual(admission);
    expect(await (await harness().open()).admissions.readLatest()).toEqual(admission);
  });

  it('says who approved what was admitted, also of what is superseded', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const approvals = [{ by: 'reviewer@localhost', digest: digestJson('answer') }];
    const approval = { pull: '7', state: 'approved', approvals } as const;
    await store.admissions.admit(fence, { ...makeAdmission(1, []), approval });
    expect(await store.admissions.readLatest()).toEqual({ ...makeAdmission(1, []), approval });
    await store.admissions.admit(fence, makeAdmission(2, []));
    expect(await store.admissions.readLatest()).toEqual(makeAdmission(2, []));
    expect(await store.admissions.readApproval(1)).toEqual(approval);
    expect(await store.admissions.readApproval(2)).toBeNull();
    expect(await store.admissions.readApproval(3)).toBeNull();
  });

  it('replaces the whole of it: changed, removed, added and equal resources', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const equal = makeForm('equal', 0);
    const forms = [makeForm('changed', 1), equal, makeForm('removed', 1)];
    await store.admissions.admit(fence, makeAdmission(1, forms));
    const next = makeAdmission(2, [makeForm('added', 1), makeForm('changed', 2), equal]);
    await store.admissions.admit(fence, next);
    expect(await store.admissions.readLatest()).toEqual(next);
    const nothing = makeAdmission(3, []);
    await store.admissions.admit(fence, nothing);
    expect(await store.admissions.readLatest()).toEqual(nothing);
    const again = makeAdmission(4, forms);
    await store.admissions.admit(fence, again);
    expect(await store.admissions.readLatest()).toEqual(again);
  });

  it('refuses an admission that does not follow the latest, and keeps the latest', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const refused = { code: 'P405' };
    const early = makeAdmission(2, []);
    await expect(store.admissions.admit(fence, early)).rejects.toMatchObject(refused);
    expect(await store.admissions.readLatest()).toBeNull();
    const first = makeAdmission(1, [makeForm('alpha', 1)]);
    await store.admissions.admit(fence, first);
    for (const sequence of [0, 1, 3]) {
      const wrong = makeAdmission(sequence, [makeForm('beta', 1)]);
      await expect(store.admissions.admit(fence, wrong)).rejects.toMatchObject(refused);
    }
    expect(await store.admissions.readLatest()).toEqual(first);
  });

  it('takes one of two admissions that race for a place', async () => {
    const [left, right] = [await harness().open(), await harness().open()];
    const fence = await lead(left);
    const one = makeAdmission(1, [makeForm('alpha', 1), makeForm('beta', 1)]);
    const other = makeAdmission(1, [makeForm('alpha', 2), makeForm('gamma', 1)]);
    const results = await Promise.allSettled([
      left.admissions.admit(fence, one),
      right.admissions.admit(fence, other),
    ]);
    const winners = results.flatMap(({ status }, at) =>
      status === 'fulfilled' ? [at === 0 ? one : other] : [],
    );
    expect(winners).toHaveLength(1);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'P405' },
    });
    expect(await left.admissions.readLatest()).toEqual(winners[0]);
  });
}
