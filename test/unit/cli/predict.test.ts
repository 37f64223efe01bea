import { describe, expect, it } from 'vitest';
import { createPredictCommand } from '../../../reconciler/cli/commands/predict.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { PredictionRequest } from '../../../reconciler/ports/predictions.ts';
import { createCommandIo } from './command-io.ts';

const ANSWER = {
  predictionId: 'p1',
  score: 0.75,
  threshold: 0.5,
  decision: true,
  version: 'sha256:abc',
  features: { amount: { status: 'PRESENT' }, last_amount: { status: 'NOT_FOUND' } },
};

const NODES = [
  { zone: 'ae', url: 'http://127.0.0.1:1' },
  { zone: 'eu', url: 'http://127.0.0.1:2' },
];

async function run(
  args: readonly string[],
  answer: (url: string) => typeof ANSWER = () => ANSWER,
  nodes = NODES,
) {
  const asked: { url: string; request: PredictionRequest }[] = [];
  const { io, output } = createCommandIo();
  const command = createPredictCommand({
    listNodes: async () => nodes,
    listNames: async (_paths, kind) => (kind === 'Endpoint' ? ['payments/fraud'] : []),
    predict: async (url, request) => {
      asked.push({ url, request });
      return answer(url);
    },
  });
  return { code: await command.run(args, io), asked, output: output() };
}

const ENDPOINT = ['payments/fraud', '--entity', 'customer_id=c-1'];

describe('plumb predict', () => {
  it('asks with the entity and the features that were given, numbers as numbers', async () => {
    const features = ['--feature', 'amount=-12.5e1', '--feature', 'channel=online=now'];
    const { code, asked } = await run([...ENDPOINT, ...features]);
    expect(code).toBe(0);
    expect(asked[0]?.request).toEqual({
      endpoint: 'payments/fraud',
      entities: { customer_id: 'c-1' },
      features: { amount: -125, channel: 'online=now' },
    });
  });

  it('says the score, the decision, the version and what was missing', async () => {
    const { output } = await run(ENDPOINT);
    expect(output).toContain('score       0.75');
    expect(output).toContain('decision    positive (threshold 0.5)');
    expect(output).toContain('version     sha256:abc');
    expect(output).toContain('missing     last_amount NOT_FOUND');
  });

  it('goes on to the next zone when one does not know the endpoint', async () => {
    const { asked } = await run(ENDPOINT, (url) => {
      if (url.endsWith(':1')) throw new CodedError('P822', 'Request for unknown model');
      return ANSWER;
    });
    expect(asked.map(({ url }) => url)).toEqual(NODES.map(({ url }) => url));
  });

  it('says which endpoint was probably meant, when there is none of that name', async () => {
    const refuse = () => {
      throw new CodedError('P822', 'Request for unknown model');
    };
    await expect(run(['payments/frad', '--entity', 'a=b'], refuse)).rejects.toMatchObject({
      code: 'P822',
      message: 'there is no endpoint payments/frad here; did you mean payments/fraud?',
    });
    await expect(run(ENDPOINT, refuse)).rejects.toMatchObject({
      message: 'Request for unknown model',
    });
  });

  it.each([
    [
      'another refusal',
      () =>
        run(ENDPOINT, () => {
          throw new CodedError('P821', 'bad');
        }),
      'P821',
    ],
    ['no node', () => run(ENDPOINT, () => ANSWER, []), 'P605'],
    ['no endpoint', () => run([]), 'P601'],
    ['half a name', () => run(['fraud']), 'P601'],
    ['an entity without a value', () => run(['payments/fraud', '--entity', 'c-1']), 'P601'],
    ['an entity twice', () => run([...ENDPOINT, '--entity', 'customer_id=c-2']), 'P601'],
  ])('refuses %s', async (_what, act, code) => {
    await expect(act()).rejects.toMatchObject({ code });
  });
});
