import { describe, expect, it } from 'vitest';
import { createMemoryDefinitions } from '../../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../../reconciler/adapters/definitions/memory/tables.ts';
import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import type { JsonObject } from '../../../reconciler/core/contracts/json.ts';
import { type NormalForm, toNormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import type { Effect } from '../../../reconciler/core/plan/effect.ts';
import { toEffectId } from '../../../reconciler/core/plan/effect-id.ts';
import { createKeptStates } from '../../../reconciler/kinds/kept-states.ts';
import { createZoneForms } from '../../../reconciler/kinds/zone-forms.ts';

const LEADER = { holder: 'one', epoch: 1 };

/** A kind that no list can name, since it comes after today. */
const REF = { kind: 'Experiment', namespace: 'payments', name: 'fraud' };
const FORM = toNormalForm(REF, { model: 'fraud' });

function toEffect(target: NormalForm): Effect {
  const identity = { ref: REF, action: 'create', targetDigest: digestJson(target) };
  return {
    id: toEffectId({ ...identity, occurrence: 0 }),
    ...identity,
    target,
    class: 'admitted',
    reason: 'it is time',
    dependsOn: [],
    risk: 'none',
    approvals: [],
  };
}

function open() {
  const definitions = createMemoryDefinitions({ tables: createMemoryDefinitionTables() });
  const states = createKeptStates(REF.kind, definitions);
  const effect = toEffect(FORM);
  const find = () => createZoneForms(definitions).require(REF.kind, REF.name, REF.namespace);
  return {
    find,
    keep: (live: NormalForm | null) =>
      states.keep({ effect, fence: LEADER }, { live, notes: {}, outcome: {} }),
    store: (spec: JsonObject) =>
      definitions.apply({ fence: LEADER, effect, target: toNormalForm(REF, spec) }),
  };
}

describe('the forms of a zone', () => {
  it('are what is live of a kind that keeps states, whichever kind it is', async () => {
    const { find, keep } = open();
    await keep(FORM);
    expect(await find()).toEqual(FORM);
  });

  it('are the forms themselves of a kind that keeps nothing else', async () => {
    const { find, store } = open();
    await store({ model: 'fraud', live: 'a field of its own' });
    expect(await find()).toEqual(toNormalForm(REF, { model: 'fraud', live: 'a field of its own' }));
  });

  it('are found in states that an older build has kept', async () => {
    const { find, store } = open();
    const outcome = { inputs: {}, summary: null };
    await store({ live: { model: 'fraud' }, notes: {}, outcome });
    expect(await find()).toEqual(FORM);
  });

  it('are missed while nothing is live, until something is', async () => {
    const { find, keep } = open();
    await expect(find()).rejects.toMatchObject({ code: 'P406', remedy: 'retry' });
    await keep(null);
    await expect(find()).rejects.toMatchObject({ code: 'P406', remedy: 'retry' });
  });
});
