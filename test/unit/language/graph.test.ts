import { describe, expect, it } from 'vitest';
import {
  type NormalForm,
  toNormalForm,
  toRef,
} from '../../../reconciler/core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { referencesOf } from '../../../reconciler/core/graph/references.ts';
import { buildGraph } from '../../../reconciler/core/graph/resource-graph.ts';
import { listComponents } from '../../../reconciler/core/graph/strong-components.ts';
import { LIMITS } from '../../../reconciler/core/spec/limits.ts';
import type { Resource } from '../../../reconciler/core/spec/resource.ts';
import { judgeSmallRepo } from './small-repo.ts';

function toForm(kind: string, name: string, spec: NormalForm['spec']): NormalForm {
  return toNormalForm({ kind, namespace: PLATFORM_NAMESPACE, name }, spec);
}

function toEnvironment(name: string, promotesFrom: string | null): Resource {
  const spec = { zone: 'ae', targets: ['t'], ...(promotesFrom === null ? {} : { promotesFrom }) };
  const form = toForm('Environment', name, spec);
  const location = { path: 'x.yaml', line: 1, column: 1 };
  return { ref: toRef(form), labels: {}, formerly: [], spec, form, location, positions: {} };
}

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
