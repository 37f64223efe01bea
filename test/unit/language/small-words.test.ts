import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDecimals } from '../../../reconciler/core/spec/add-decimals.ts';
import { parseDurationSeconds } from '../../../reconciler/core/spec/duration.ts';
import { KINDS } from '../../../reconciler/core/spec/generated/kinds.generated.ts';

describe('a duration', () => {
  it('is a whole number of seconds', () => {
    const texts = ['1s', '90s', '5m', '12h', '30d', '999999999d'];
    expect(texts.map(parseDurationSeconds)).toEqual([
      1, 90, 300, 43_200, 2_592_000, 86_399_999_913_600,
    ]);
  });

  it('is nothing else', () => {
    const texts = [
      '',
      '0s',
      '01s',
      '1',
      's',
      '1w',
      '1 d',
      '-1d',
      '1.5h',
      '1d12h',
      '1000000000s',
      '1s\n',
    ];
    expect(texts.map(parseDurationSeconds)).toEqual(texts.map(() => null));
  });

  it('is read exactly when the schema takes it', () => {
    const schema = KINDS.FeatureView.schema.properties?.['spec']?.properties?.['timeToLive'];
    expect(schema?.examples).toEqual(['90d']);
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('0', '1', '9', 's', 'm', 'h', 'd', ' '), maxLength: 11 }),
      fc
        .tuple(fc.nat(), fc.constantFrom('s', 'm', 'h', 'd'))
        .map(([count, unit]) => `${count}${unit}`),
    );
    fc.assert(
      fc.property(text, (one) => {
        const isTaken = /^[1-9][0-9]{0,8}(s|m|h|d)$/.test(one);
        expect(parseDurationSeconds(one) !== null).toBe(isTaken);
      }),
    );
  });
});

describe('the sum of decimals', () => {
  it('is exact where binary fractions are not', () => {
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(addDecimals([0.1, 0.2])).toBe('0.3');
    expect(addDecimals([0.1, 0.2, 99.7])).toBe('100');
    expect(addDecimals([33.3, 33.3, 33.4])).toBe('100');
    expect(addDecimals([33.33, 33.33, 33.33])).toBe('99.99');
    expect(addDecimals([100, 1e-7])).toBe('100.0000001');
    expect(addDecimals([])).toBe('0');
    expect(addDecimals([1e21, 0.5])).toBe('1000000000000000000000.5');
    expect(addDecimals([0.25, 0.5])).toBe('0.75');
  });

  it('is that of whole numbers, moved by the places', () => {
    const numbers = fc.array(fc.nat({ max: 100_000 }), { maxLength: 16 });
    fc.assert(
      fc.property(numbers, (thousandths) => {
        const sum = thousandths.reduce((total, one) => total + one, 0);
        expect(Number(addDecimals(thousandths.map((one) => one / 1_000)))).toBe(sum / 1_000);
      }),
    );
  });
});
