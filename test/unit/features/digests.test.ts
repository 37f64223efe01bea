import { describe, expect, it } from 'vitest';
import type { FeatureContract } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import {
  toContractDigest,
  toDefinitionDigest,
} from '../../../reconciler/core/features/contract.ts';
import type { ViewDefinition } from '../../../reconciler/core/features/view-definition.ts';

const VIEW: ViewDefinition = {
  v: 1,
  view: 'payments/activity',
  source: 'payments/transactions',
  keys: [{ name: 'customer_id', type: 'string' }],
  eventTime: 'event_time',
  availability: { column: 'available_time' },
  timeToLiveSeconds: 3600,
  features: [
    { name: 'last', kind: 'latest', column: 'category', categories: ['a', 'b'] },
    { name: 'count', kind: 'aggregate', function: 'count', column: null, windowSeconds: 60 },
  ],
};

const CONTRACT: FeatureContract = {
  v: 1,
  views: [
    {
      view: VIEW.view,
      definitionDigest: `sha256:${'0'.repeat(64)}`,
      keys: ['customer_id'],
      timeToLiveSeconds: null,
    },
  ],
  features: [
    { name: 'last', view: VIEW.view, kind: 'category', categories: ['a', 'b'] },
    { name: 'amount', view: null, kind: 'number', categories: [] },
  ],
};

describe('the digest of a definition', () => {
  // Online rows and trained models are found by these: another digest orphans them all.
  it('never changes', () => {
    expect(toDefinitionDigest(VIEW)).toBe(
      'sha256:48ecf122e0fee75ca75d112aac4c16275ac47c6d073c20b493447ac67d9b95f4',
    );
  });

  it('does not depend on the order in which its fields were written', () => {
    const turned = Object.fromEntries(Object.entries(VIEW).reverse()) as ViewDefinition;
    expect(toDefinitionDigest(turned)).toBe(toDefinitionDigest(VIEW));
  });

  it.each<[string, Partial<ViewDefinition>]>([
    ['the order of its features', { features: [...VIEW.features].reverse() }],
    ['its time to live', { timeToLiveSeconds: null }],
    ['its availability', { availability: { eventTime: true } }],
    ['a delay', { availability: { delaySeconds: 0 } }],
    ['the type of a key', { keys: [{ name: 'customer_id', type: 'int64' }] }],
    ['its source', { source: 'payments/others' }],
  ])('depends on %s', (_, change) => {
    expect(toDefinitionDigest({ ...VIEW, ...change })).not.toBe(toDefinitionDigest(VIEW));
  });
});

describe('the digest of a contract', () => {
  it('never changes', () => {
    expect(toContractDigest(CONTRACT)).toBe(
      'sha256:d3b9f9e83f3aeba49c5bceb0331c3fb9de1e21ae957d55fc338decef74a7afc0',
    );
  });

  it('depends on the order of its features and on where they come from', () => {
    const [first, second] = CONTRACT.features;
    const turned = { ...CONTRACT, features: [...CONTRACT.features].reverse() };
    expect(toContractDigest(turned)).not.toBe(toContractDigest(CONTRACT));
    const moved = { ...CONTRACT, features: [first, { ...second, view: VIEW.view }] };
    expect(toContractDigest(moved as FeatureContract)).not.toBe(toContractDigest(CONTRACT));
  });
});
