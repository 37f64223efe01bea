import { describe, expect, it } from 'vitest';
import { toNormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import { listTraffic } from '../../../reconciler/core/release/list-traffic.ts';

const VERSIONS = [{ version: `sha256:${'1'.repeat(64)}`, percent: 100 }];
const toRelease = (name: string) =>
  toNormalForm(
    { kind: 'Release', namespace: 'payments', name },
    { endpoint: name, versions: VERSIONS },
  );

describe('the traffic of a zone', () => {
  it('is what its releases say, sorted by endpoint', () => {
    const other = toNormalForm({ kind: 'Zone', namespace: 'platform', name: 'ae' }, {});
    expect(listTraffic([toRelease('fraud'), other, toRelease('churn')])).toEqual([
      { endpoint: 'payments/churn', versions: VERSIONS },
      { endpoint: 'payments/fraud', versions: VERSIONS },
    ]);
  });
});
