import { describe, expect, it } from 'vitest';
import { createMemoryDefinitions } from '../../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../../reconciler/adapters/definitions/memory/tables.ts';
import { digestJson, digestText } from '../../../reconciler/core/contracts/digest.ts';
import { type NormalForm, toNormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import type { Effect } from '../../../reconciler/core/plan/effect.ts';
import { toEffectId } from '../../../reconciler/core/plan/effect-id.ts';
import { planTrainer } from '../../../reconciler/core/plan/planners/trainer.ts';
import { createKeptHandler, type KeptKind } from '../../../reconciler/kinds/kept-handler.ts';
import type { Definitions } from '../../../reconciler/ports/definitions.ts';

const REF = { kind: 'Trainer', namespace: 'platform', name: 'lightgbm' };
const FORM = toNormalForm(REF, { bundled: 'lightgbm', contractVersion: 1 });
const LEADER = { holder: 'one', epoch: 2 };
const CAUSE = { revision: 'a'.repeat(40) };
const TRAINER = digestText('trainer');

function toEffect(action: string, target: NormalForm, occurrence: number): Effect {
  const identity = { ref: REF, action, targetDigest: digestJson(target) };
  return {
    id: toEffectId({ ...identity, occurrence }),
    ...identity,
    target,
    class: 'admitted',
    reason: 'it is time',
    dependsOn: [],
    risk: 'none',
    approvals: [],
  };
}

function open(change: Partial<KeptKind<{ step: number }>> = {}) {
  const tables = createMemoryDefinitionTables();
  const definitions = createMemoryDefinitions({ tables });
  const calls: string[] = [];
  let isThere = true;
  const reopen = (others: Partial<Definitions> = {}) =>
    createKeptHandler<{ step: number }>(
      { ...definitions, ...others },
      {
        kind: 'Trainer',
        plan: planTrainer,
        look: async () => ({ isThere, facts: { seen: true } }),
        make: async ({ before }) => {
          calls.push('make');
          const step = (before?.notes.step ?? 0) + 1;
          return { notes: { step }, outcome: { inputs: { trainer: TRAINER }, summary: 'done' } };
        },
        unmake: async () => void calls.push('unmake'),
        ...change,
      },
    );
  return {
    handler: reopen(),
    reopen,
    calls,
    lose: () => {
      isThere = false;
    },
  };
}

const CREATE = toEffect('create', FORM, 0);

describe('a kind whose effects are more than one write', () => {
  it('does its work once for one effect, however often it is asked', async () => {
    const { handler, reopen, calls } = open();
    const first = await handler.perform(CREATE, LEADER, CAUSE);
    expect(first).toEqual({ live: FORM, inputs: { trainer: TRAINER }, summary: 'done' });
    expect(await reopen().perform(CREATE, LEADER, CAUSE)).toEqual(first);
    expect(calls).toEqual(['make']);
  });

  it('does its work again when it crashed before its end was kept', async () => {
    const { reopen, calls } = open();
    const failing = reopen({ apply: () => Promise.reject(new Error('the power went')) });
    await expect(failing.perform(CREATE, LEADER, CAUSE)).rejects.toThrow('the power went');
    expect((await reopen().observe(REF)).read).toEqual({ state: 'absent' });
    expect((await reopen().perform(CREATE, LEADER, CAUSE)).live).toEqual(FORM);
    expect(calls).toEqual(['make', 'make']);
  });

  it('tells afterwards what it led to, so that a lost answer loses nothing', async () => {
    const { handler } = open();
    await handler.perform(CREATE, LEADER, CAUSE);
    expect(await handler.observe(REF)).toEqual({
      read: { state: 'present', value: FORM, observedDigest: digestJson(FORM) },
      lastEffectId: CREATE.id,
      facts: { seen: true },
      lastOutcome: { inputs: { trainer: TRAINER }, summary: 'done' },
    });
    expect(await handler.list()).toEqual([REF]);
  });

  it('is absent when what it made has gone', async () => {
    const { handler, lose } = open();
    await handler.perform(CREATE, LEADER, CAUSE);
    lose();
    expect((await handler.observe(REF)).read).toEqual({ state: 'absent' });
  });

  it('begins nothing for somebody who no longer leads', async () => {
    const { handler, calls } = open();
    await handler.raiseFence({ holder: 'two', epoch: 3 });
    await expect(handler.perform(CREATE, LEADER, CAUSE)).rejects.toMatchObject({ code: 'P403' });
    expect(calls).toEqual([]);
  });

  it('keeps what it noted for its next effect, and forgets it with the resource', async () => {
    const { handler, calls } = open();
    await handler.perform(CREATE, LEADER, CAUSE);
    await handler.perform(toEffect('refresh', FORM, 1), LEADER, CAUSE);
    const gone = toEffect('retire', toNormalForm(REF, {}), 2);
    expect(await handler.perform(gone, LEADER, CAUSE)).toEqual({ live: null });
    expect(calls).toEqual(['make', 'make', 'unmake']);
    expect(await handler.observe(REF)).toEqual({
      read: { state: 'absent' },
      lastEffectId: gone.id,
    });
    expect(await handler.perform(gone, LEADER, CAUSE)).toEqual({ live: null });
    expect(calls).toEqual(['make', 'make', 'unmake']);
  });

  it('may have nothing live yet, as while a model trains', async () => {
    const { handler } = open({ make: async () => ({ live: null, notes: { step: 1 } }) });
    expect(await handler.perform(CREATE, LEADER, CAUSE)).toEqual({ live: null });
    expect(await handler.observe(REF)).toMatchObject({
      read: { state: 'absent' },
      lastEffectId: CREATE.id,
      facts: { seen: true },
    });
  });
});
