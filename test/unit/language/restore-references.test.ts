import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type NormalForm,
  toNormalForm,
  toRef,
} from '../../../reconciler/core/contracts/normal-form.ts';
import {
  PLATFORM_NAMESPACE,
  type RefKey,
  toRefKey,
} from '../../../reconciler/core/contracts/ref.ts';
import { listMisfits } from '../../../reconciler/core/graph/fit/list-misfits.ts';
import { listReferences } from '../../../reconciler/core/graph/references.ts';
import { restoreReferences } from '../../../reconciler/core/graph/restore-references.ts';
import { chooseDesired } from '../../../reconciler/core/plan/choose-desired.ts';
import { anyDocuments, anyLayout, toFiles } from './arbitrary-repo.ts';
import { MODEL, MODEL_FILES, VIEW } from './model-repo.ts';
import { judge, judgeSmallRepo } from './small-repo.ts';

function toForm(kind: string, name: string, spec: NormalForm['spec']): NormalForm {
  return toNormalForm({ kind, namespace: PLATFORM_NAMESPACE, name }, spec);
}

function toKeyed(forms: readonly NormalForm[]): ReadonlyMap<RefKey, NormalForm> {
  return new Map(forms.map((form) => [toRefKey(toRef(form)), form]));
}

describe('putting back what a last good form names', () => {
  const zone = toForm('Zone', 'ae', { jurisdiction: 'AE' });
  const target = toForm('Target', 't', { zone: 'ae', slots: 1 });
  const dev = toForm('Environment', 'dev', { zone: 'ae', targets: ['t'] });
  const prod = toForm('Environment', 'prod', { zone: 'ae', targets: ['t'], promotesFrom: 'dev' });
  const lastGood = new Map([zone, target, dev, prod].map((form) => [toRefKey(toRef(form)), form]));
  const prodKey = toRefKey(toRef(prod));

  it('follows removed resources to the end', () => {
    const { desired, restored } = restoreReferences([prod], [prodKey], lastGood);
    expect(restored).toEqual(['Environment/platform/dev', 'Target/platform/t', 'Zone/platform/ae']);
    expect(desired).toEqual([dev, prod, target, zone]);
  });

  it('leaves a newer form where it still fits, and not where it moved away', () => {
    const larger = toForm('Target', 't', { zone: 'ae', slots: 9 });
    const among = (...forms: readonly NormalForm[]) =>
      restoreReferences([zone, dev, prod, ...forms], [prodKey], lastGood);
    expect(among(larger)).toEqual({ desired: [dev, prod, larger, zone], restored: [] });
    // What has moved to another zone is not among what this zone should be.
    expect(among()).toEqual({
      desired: [dev, prod, target, zone],
      restored: ['Target/platform/t'],
    });
  });

  it('puts nothing back for what is new', () => {
    const { desired, restored } = restoreReferences([prod], [], lastGood);
    expect({ desired, restored }).toEqual({ desired: [prod], restored: [] });
  });
});

describe('what a zone should be while a model is held back', () => {
  const before = toKeyed(chooseDesired('ae', judgeSmallRepo(MODEL_FILES), new Map()).desired);
  const choose = (files: Parameters<typeof judgeSmallRepo>[0]) => {
    const chosen = chooseDesired('ae', judgeSmallRepo({ ...MODEL_FILES, ...files }), before);
    return { forms: toKeyed(chosen.desired), heldBack: chosen.heldBack };
  };
  const narrower = VIEW.replace(/ {4}- \{name: sum_7d.*\n/, '');
  const VIEW_KEY = 'FeatureView/payments/activity';

  it('has the view that the model counts on, although a narrower one is valid', () => {
    const { forms, heldBack } = choose({ 'view.yaml': narrower });
    expect(forms).toEqual(before);
    expect(heldBack).toContain(VIEW_KEY);
  });

  it('has the newer view when the model fits it, and lets others move', () => {
    const wider = `${VIEW}    - {name: last_amount, column: amount}\n`;
    const spoilt = MODEL.replace('pool: cpu', 'pool: none');
    const { forms, heldBack } = choose({ 'view.yaml': wider, 'model.yaml': spoilt });
    expect(heldBack).toEqual([
      'Endpoint/payments/fraud',
      'Model/payments/fraud',
      'Release/payments/fraud',
    ]);
    expect(forms.get(VIEW_KEY)).not.toEqual(before.get(VIEW_KEY));
    expect(forms.get('Model/payments/fraud')).toEqual(before.get('Model/payments/fraud'));
  });

  it('lacks a new model that fits only the view that waits', () => {
    const renamed = VIEW.replace('name: sum_7d', 'name: total_7d');
    const other = MODEL.replace('name: fraud', 'name: other').replace('sum_7d', 'total_7d');
    const { forms, heldBack } = choose({ 'view.yaml': renamed, 'other.yaml': other });
    expect(forms).toEqual(before);
    expect(heldBack).toContain('Model/payments/other');
  });
});

describe('what a zone should be', () => {
  it('always fits together, whatever was good before and is wrong now', () => {
    fc.assert(
      fc.property(anyDocuments, anyDocuments, anyLayout, (earlier, later, layout) => {
        const [before, now] = [earlier, later].map((one) => judge(toFiles(one, layout)));
        for (const zone of ['ae', 'eu', 'sa']) {
          if (before === undefined || now === undefined || before.frozen || now.frozen) continue;
          const lastGood = toKeyed(chooseDesired(zone, before, new Map()).desired);
          const { desired, heldBack } = chooseDesired(zone, now, lastGood);
          const forms = toKeyed(desired);
          for (const [key, form] of forms) {
            const resource = { ref: toRef(form), spec: form.spec };
            expect(listMisfits(resource, (to) => forms.get(to)?.spec)).toEqual([]);
            for (const { to, sameZone } of listReferences(resource)) {
              if (sameZone || to.kind !== 'Environment') expect(forms.has(toRefKey(to))).toBe(true);
            }
            const isNew = now.valid.some((one) => one.form === form);
            if (!isNew) expect([lastGood.get(key), heldBack.includes(key)]).toEqual([form, true]);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
