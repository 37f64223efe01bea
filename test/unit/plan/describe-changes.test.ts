import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../reconciler/core/contracts/json.ts';
import { assumeRecorded } from '../../../reconciler/core/plan/assume-recorded.ts';
import { describeChanges } from '../../../reconciler/core/plan/describe-changes.ts';
import { PLANNERS } from '../../../reconciler/core/plan/planners/planners.ts';
import { environmentForm, NO_CONTEXT, present, refOf } from './forms.ts';

describe('what changes from one definition to the next', () => {
  it('is said by path, in the order of the paths, with what was and what will be', () => {
    const before = { training: { seed: 7, parameters: { num_leaves: 31, rate: 0.1 } } };
    const after = { training: { seed: 8, parameters: { num_leaves: 63, rate: 0.1 } } };
    expect(describeChanges(before, after)).toBe(
      'training.parameters.num_leaves 31 → 63, training.seed 7 → 8',
    );
  });

  it('is said of a list in one word, whatever changed inside of it', () => {
    const before = { gates: [{ metric: 'auc', minimum: 0.8 }], owners: ['a'], seed: 1 };
    const after = { gates: [{ metric: 'auc', minimum: 0.9 }], owners: ['a'], seed: 1 };
    expect(describeChanges(before, after)).toBe('gates changes');
  });

  it.each<[string, JsonObject, JsonObject, string]>([
    ['a field that comes', {}, { seed: 8 }, 'seed nothing → 8'],
    ['a field that goes', { on: true }, {}, 'on true → nothing'],
    ['a map that comes', {}, { card: { owner: 'me' } }, 'card.owner nothing → me'],
    ['a map without anything in it', {}, { card: {} }, 'card changes'],
    ['a list that goes', { gates: [] }, {}, 'gates changes'],
    ['another shape', { card: { owner: 'me' } }, { card: 4 }, 'card changes'],
    ['an empty text', { a: '' }, { a: null }, 'a "" → null'],
    ['nothing', { a: { b: [1] } }, { a: { b: [1] } }, ''],
  ])('is said of %s', (_what, before, after, text) => {
    expect(describeChanges(before, after)).toBe(text);
  });

  it('stays one short line, whatever the repo says', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`key${at}`, at]));
    expect(describeChanges({}, many)).toMatch(/ and 34 more$/);
    const hostile = describeChanges({ 'a\nb': 1 }, { 'a\nb': `x\u001b[2J${'y'.repeat(5_000)}` });
    expect(hostile).not.toMatch(/\p{Cc}/u);
    expect(hostile.length).toBeLessThan(200);
  });

  it('is empty exactly when nothing changes, and never long', () => {
    const spec = fc.dictionary(
      fc.string(),
      fc.jsonValue({ maxDepth: 4 }),
    ) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(spec, spec, (before, after) => {
        expect(describeChanges(before, before)).toBe('');
        expect(describeChanges(before, after).length).toBeLessThan(2_000);
      }),
    );
  });

  it('is what a definition says of its next effect', () => {
    const before = environmentForm('dev', ['laptop']);
    const after = { ...before, spec: { ...before.spec, zone: 'eu' } };
    const plan = PLANNERS['Environment'];
    const result = plan?.({
      ref: refOf('Environment', 'dev'),
      desired: after,
      observed: present(before),
      facts: {},
      recorded: assumeRecorded(before, 0),
      now: 0,
      context: NO_CONTEXT,
    });
    expect(result?.effects[0]?.reason).toBe('its definition changes: zone ae → eu');
  });
});
