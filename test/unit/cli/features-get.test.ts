import { describe, expect, it } from 'vitest';
import {
  createFeaturesGetCommand,
  type OnlineAnswer,
} from '../../../reconciler/cli/commands/features-get.ts';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import { createCommandIo } from './command-io.ts';

const VALUES = [3, 0.1 + 0.2, 123_456_789.25, 1_234.56789, -0.000012345678, null, 12_345_678];

const ANSWER: OnlineAnswer = {
  zone: 'ae',
  state: {
    view: 'payments/activity',
    definitionDigest: digestText('definition'),
    snapshotDigest: digestText('snapshot'),
    asOf: '2026-06-01T00:00:00Z',
    rows: 1,
  } as OnlineAnswer['state'],
  isLive: true,
  features: VALUES.map((_value, index) => `f${index}`),
  row: { values: VALUES, eventTime: 0 },
};

async function get(args: readonly string[], answer: OnlineAnswer | null = ANSWER) {
  const { io, output } = createCommandIo();
  const command = createFeaturesGetCommand({
    readOnline: async () => answer,
    listNames: async (_paths, kind) => (kind === 'FeatureView' ? ['payments/activity'] : []),
  });
  return { code: await command.run(args, io), output: output() };
}

describe('plumb features get', () => {
  it('writes numbers as people do', async () => {
    const { output } = await get(['payments/activity', 'c-1']);
    const shown = output
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim().split(/ +/).slice(1).join(' '));
    expect(shown).toEqual([
      '3',
      '0.3',
      '123456789',
      '1234.57',
      '-0.0000123457',
      'no value',
      '12345678',
    ]);
  });

  it('writes them exactly for machines', async () => {
    const { output } = await get(['payments/activity', 'c-1', '--format', 'json']);
    expect(Object.values(JSON.parse(output).values)).toEqual(VALUES);
  });

  it('says that a key has no row, and that a view has none', async () => {
    const view = 'payments/activity';
    await expect(get([view, 'c', 'd'], { ...ANSWER, row: null })).rejects.toMatchObject({
      code: 'P802',
      message: `${view} has no row for the key c, d`,
    });
    await expect(get([view, 'c'], null)).rejects.toMatchObject({
      code: 'P802',
      message: `${view} has no rows to look up; plumb status says why`,
    });
  });

  it('says which view was probably meant', async () => {
    await expect(get(['payments/activty', 'c'], null)).rejects.toMatchObject({
      code: 'P802',
      message: 'there is no feature view payments/activty here; did you mean payments/activity?',
    });
  });
});
