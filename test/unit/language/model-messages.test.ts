import { describe, expect, it } from 'vitest';
import { CONNECTION, ENDPOINT, MODEL, MODEL_FILES, RELEASE, SOURCE, VIEW } from './model-repo.ts';
import { judgeSmallRepo } from './small-repo.ts';

/** The errors for one changed file in the repo with a model. */
function explain(path: keyof typeof MODEL_FILES, text: string): readonly string[] {
  return judgeSmallRepo({ ...MODEL_FILES, [path]: text })
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ message, hint, related }) => {
      const places = (related ?? []).map(
        (note) => `${note.message} ${note.location.path}:${note.location.line}`,
      );
      return [message, hint ?? 'no hint', ...places].join(' | ');
    });
}

describe('a message about a model says what is wrong and what to do', () => {
  it('for a name with a slip of the hand, with the place where the others stand', () => {
    expect(explain('model.yaml', MODEL.replace('[sum_7d', '[sun_7d'))).toEqual([
      'FeatureView "activity" has no feature "sun_7d" | did you mean "sum_7d"? | featureview payments/activity says otherwise here view.yaml:9',
    ]);
    expect(explain('view.yaml', VIEW.replace('column: amount', 'column: sum'))).toEqual([
      'DataSource "transactions" has no column "sum" | there is: customer_id, event_time, amount, channel, is_fraud | datasource payments/transactions says otherwise here source.yaml:10',
    ]);
  });

  it('for columns that cannot become features', () => {
    expect(explain('view.yaml', VIEW.replace(', categories: [chip, atm]', ''))).toEqual([
      'the feature "last_channel" cannot be computed: the column "channel" is a string, so it needs categories | name another column, or compute another feature | datasource payments/transactions says otherwise here source.yaml:10',
    ]);
    expect(explain('model.yaml', MODEL.replace('{name: amount}', '{name: is_fraud}'))).toEqual([
      'the request feature "is_fraud" cannot be learnt from: the column "is_fraud" is the label itself | name another column, or correct the feature | datasource payments/transactions says otherwise here source.yaml:10',
    ]);
  });

  it('for windows, shares and gates', () => {
    expect(explain('model.yaml', MODEL.replace('length: 200d', 'length: 60d'))).toEqual([
      "validation (21d), test (30d) and the label's maturity (14d) leave nothing of the window of 60d for training | lengthen the window",
    ]);
    expect(explain('release.yaml', RELEASE.replace('percent: 100', 'percent: 99.9'))).toEqual([
      'the shares of the versions sum to 99.9, not to 100 | change one of the percents',
    ]);
    expect(explain('model.yaml', MODEL.replace('slices: [channel]', 'slices: [amount]'))).toEqual([
      'the gate is on a slice of "channel", which is not measured | add it to evaluation.slices: [amount, channel]',
    ]);
    const single = MODEL.replace('slices: [channel]', 'slices: [channel, customer_id]');
    expect(explain('model.yaml', single)).toEqual([
      'a slice by "customer_id" would measure each customer alone: it is a key of Entity "customer" | slice by a column that groups them, or leave it out | entity payments/customer says otherwise here entity.yaml:7',
    ]);
  });

  it('for a parameter of no type that there is, and one that cannot be named so', () => {
    const parameters = '  pool: cpu\n    parameters: {a: [1], "b c": 1}';
    expect(explain('model.yaml', MODEL.replace('  pool: cpu', parameters))).toEqual([
      '"spec.training.parameters.a" must be a number or true or false or a text, but it is a list | no hint',
      '"b c" cannot be a key of "spec.training.parameters" | The name of a parameter is a letter, then letters, digits and underscores; at most 64 in all.',
    ]);
  });

  it('for fields that mean nothing, or are needed, beside others', () => {
    expect(explain('source.yaml', SOURCE.replace('{delay: 6h}', '{}'))).toEqual([
      'missing field "column", "delay" or "eventTime" in "spec.availability" | say when a row could first be known',
    ]);
    expect(
      explain('view.yaml', VIEW.replace('count, window: 7d', 'count, column: amount')),
    ).toEqual([
      'missing field "window": the feature "count_7d" is a count | say how far back it looks: window: 30d',
      '"column" means nothing here: the feature "count_7d" is a count of rows | remove it',
    ]);
  });

  it('for more than can be made up', () => {
    const asked = `${CONNECTION.replace('type: folder', 'type: synthetic')}  synthetic:
    {scenario: card-fraud, seed: 7, asOf: 2026-06-01T00:00:00Z, days: 365, customers: 9000}
`;
    expect(explain('connection.yaml', asked)).toEqual([
      '9000 customers over 365 days are more than the 2000000 customer days that can be made up | with 365 days at most 5479 customers, or fewer days',
    ]);
    expect(explain('connection.yaml', asked.replace('9000', '5479'))).toEqual([]);
  });

  it('for a room that there is not', () => {
    expect(explain('endpoint.yaml', ENDPOINT.replace('payments', 'paymnts'))).toContain(
      'there is no Namespace called "paymnts" | did you mean "payments"?',
    );
  });
});

describe('a repo of nothing but misfits', () => {
  it('is told of some of each resource, and gets few suggestions', () => {
    const wrong = Array.from({ length: 256 }, (_, index) => `sum_7d${index}`).join(', ');
    const models = Array.from({ length: 6 }, (_, index) =>
      MODEL.replace('name: fraud', `name: m${index}`).replace('sum_7d, count_7d', wrong),
    );
    const { diagnostics, heldBack } = judgeSmallRepo({
      ...MODEL_FILES,
      'new.yaml': models.join('---\n'),
    });
    expect(heldBack).toHaveLength(6);
    expect(diagnostics.map(({ code }) => code)).toEqual(Array(300).fill('P207'));
    const suggested = diagnostics.filter(({ hint }) => hint === 'did you mean "sum_7d"?');
    expect(suggested).toHaveLength(200);
    expect(diagnostics.at(-1)?.hint).toBe('there is: count_7d, sum_7d, last_channel');
  });
});
