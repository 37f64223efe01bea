import { describe, expect, it } from 'vitest';
import {
  type NormalForm,
  toNormalForm,
  toRef,
} from '../../../reconciler/core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { isPlacedIn } from '../../../reconciler/core/graph/placement.ts';
import { referencesOf } from '../../../reconciler/core/graph/references.ts';
import { buildGraph } from '../../../reconciler/core/graph/resource-graph.ts';
import { restoreReferences } from '../../../reconciler/core/graph/restore-references.ts';
import { listComponents } from '../../../reconciler/core/graph/strong-components.ts';
import { LIMITS } from '../../../reconciler/core/spec/limits.ts';
import type { Resource } from '../../../reconciler/core/spec/resource.ts';
import { judgeSmallRepo, toTitles } from './small-repo.ts';

function toForm(kind: string, name: string, spec: NormalForm['spec']): NormalForm {
  return toNormalForm({ kind, namespace: PLATFORM_NAMESPACE, name }, spec);
}

function toEnvironment(name: string, promotesFrom: string | null): Resource {
  const spec = { zone: 'ae', targets: ['t'], ...(promotesFrom === null ? {} : { promotesFrom }) };
  const form = toForm('Environment', name, spec);
  const location = { path: 'x.yaml', line: 1, column: 1 };
  return { ref: toRef(form), labels: {}, formerly: [], spec, form, location, positions: {} };
}

describe('the zones of a resource', () => {
  it('are all, its own, or the one it names', () => {
    const { valid, zones } = judgeSmallRepo({});
    const byTitle = valid.map((one) => {
      const own = zones.filter((zone) => isPlacedIn(one.placement, zone));
      return [toTitles([one])[0], own.join()];
    });
    expect(Object.fromEntries(byTitle)).toEqual({
      'Platform/bank': 'ae,eu',
      'Namespace/payments': 'ae,eu',
      'Zone/ae': 'ae',
      'Zone/eu': 'eu',
      'Target/laptop': 'ae',
      'Target/frankfurt': 'eu',
      'Environment/dev': 'ae',
      'Environment/prod': 'ae',
    });
  });
});

describe('references', () => {
  it('are read from a normal form', () => {
    const prod = judgeSmallRepo({}).valid.find(({ ref }) => ref.name === 'prod') as Resource;
    expect(referencesOf(prod.form).map(toRefKey)).toEqual([
      'Zone/platform/ae',
      'Target/platform/laptop',
      'Environment/platform/dev',
    ]);
  });
});

describe('components', () => {
  it('of a chain as long as a repo may be come in its order, without exhausting the stack', () => {
    const count = LIMITS.documents;
    const chain = Array.from({ length: count }, (_, n) =>
      toEnvironment(`e${n}`, n === 0 ? null : `e${n - 1}`),
    );
    const order = listComponents(buildGraph([...chain].reverse())).flat();
    expect(order).toEqual(chain.map(({ ref }) => toRefKey(ref)));
  });

  it('of a circle as long as a repo may be are one', () => {
    const count = LIMITS.documents;
    const circle = Array.from({ length: count }, (_, n) =>
      toEnvironment(`e${n}`, `e${(n + 1) % count}`),
    );
    expect(listComponents(buildGraph(circle)).map((one) => one.length)).toEqual([count]);
  });
});

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
    const moved = toForm('Target', 't', { zone: 'eu', slots: 1 });
    const among = (form: NormalForm) =>
      restoreReferences([zone, dev, prod, form], [prodKey], lastGood);
    expect(among(larger)).toEqual({ desired: [dev, prod, larger, zone], restored: [] });
    expect(among(moved)).toEqual({
      desired: [dev, prod, target, zone],
      restored: ['Target/platform/t'],
    });
  });

  it('puts nothing back for what is new', () => {
    const { desired, restored } = restoreReferences([prod], [], lastGood);
    expect({ desired, restored }).toEqual({ desired: [prod], restored: [] });
  });
});
