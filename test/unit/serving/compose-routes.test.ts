import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContract } from '../../../reconciler/core/contracts/parse-contract.ts';
import {
  composeRoutes,
  isRouteChanged,
  isWorthKeeping,
  type KeptRoute,
  withSettings,
  withVersions,
} from '../../../reconciler/core/serving/compose-routes.ts';

const NOTHING: KeptRoute = {
  ...{ endpoint: 'payments/fraud', settings: null, versions: null, assignmentKey: null },
};
const SETTINGS = {
  model: 'payments/fraud',
  threshold: 0.5,
  batching: { maxBatchSize: 8, maxDelayMicroseconds: 0, maxQueueRows: 64 },
};
const VERSIONS = [{ version: `sha256:${'a'.repeat(64)}`, percent: 100 }];

const kept = fc.uniqueArray(
  fc.record({
    endpoint: fc.stringMatching(/^[a-zA-Z]{1,6}\/[a-z]{1,6}$/),
    settings: fc.option(fc.constant(SETTINGS)),
    versions: fc.option(fc.constant(VERSIONS)),
  }),
  { selector: ({ endpoint }) => endpoint, maxLength: 8 },
);
const toKept = (route: Omit<KeptRoute, 'assignmentKey'>): KeptRoute => ({
  ...route,
  assignmentKey: route.settings === null ? null : '0'.repeat(64),
});

describe('composed routes', () => {
  it('are the same text in whatever order their parts come, and hold what has settings', () => {
    fc.assert(
      fc.property(kept, fc.nat(), (routes, revision) => {
        const parts = routes.map(toKept);
        const text = JSON.stringify(composeRoutes('ae', revision, parts));
        expect(JSON.stringify(composeRoutes('ae', revision, [...parts].reverse()))).toBe(text);
        const parsed = parseContract('RouteTable', text);
        const names = parts.filter(({ settings }) => settings !== null);
        const expected = names.map(({ endpoint }) => endpoint).sort();
        expect(parsed.state === 'valid' && parsed.value.endpoints.map((r) => r.endpoint)).toEqual(
          expected,
        );
      }),
    );
  });

  it('are refused beyond what a node reads', () => {
    const parts = Array.from({ length: 4097 }, (_, at) =>
      toKept({ endpoint: `payments/e${at}`, settings: SETTINGS, versions: null }),
    );
    expect(() => composeRoutes('ae', 1, parts)).toThrow(expect.objectContaining({ code: 'P807' }));
    expect(composeRoutes('ae', 1, parts.slice(1)).endpoints).toHaveLength(4096);
  });
});

describe('a kept route', () => {
  const makeKey = () => 'f'.repeat(64);
  const neverKey = () => expect.fail('there is a key already');

  it('gets its key with its settings, keeps it, and loses it with them', () => {
    const first = withSettings(NOTHING, SETTINGS, makeKey);
    expect(first.assignmentKey).toBe('f'.repeat(64));
    const second = withSettings(first, { ...SETTINGS, threshold: 0.9 }, neverKey);
    expect(second.assignmentKey).toBe(first.assignmentKey);
    expect(withSettings(second, null, neverKey)).toEqual(NOTHING);
    expect(isWorthKeeping(NOTHING)).toBe(false);
  });

  it('changes for nodes by what they see alone', () => {
    const waiting = withVersions(NOTHING, VERSIONS);
    expect(isWorthKeeping(waiting)).toBe(true);
    expect(isRouteChanged(NOTHING, waiting)).toBe(false);
    const served = withSettings(waiting, SETTINGS, makeKey);
    expect(isRouteChanged(waiting, served)).toBe(true);
    expect(isRouteChanged(served, { ...served, settings: { ...SETTINGS } })).toBe(false);
    expect(isRouteChanged(served, withVersions(served, []))).toBe(true);
    expect(withVersions(served, [])).toEqual(withVersions(served, null));
  });

  it('takes shares that miss 100 by rounding alone', () => {
    const thirds = ['a', 'b', 'c'].map((digit) => ({
      ...{ version: `sha256:${digit.repeat(64)}`, percent: 100 / 3 },
    }));
    expect(withVersions(NOTHING, thirds).versions).toEqual(thirds);
    expect(() => withVersions(NOTHING, thirds.slice(1))).toThrow(/sum to/);
  });
});
