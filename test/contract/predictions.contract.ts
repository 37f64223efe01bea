import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { PredictionRequest, Predictions } from '../../reconciler/ports/predictions.ts';

export type PredictionsHarness = {
  readonly predictions: Predictions;
  /** A node that answers what it was asked with, and refuses some; where it is. */
  readonly url: string;
  /** Where nobody is. */
  readonly emptyUrl: string;
  close(): Promise<void>;
};

export type PredictionsSubject = {
  readonly name: string;
  create(refuse: (request: PredictionRequest) => CodedError | null): Promise<PredictionsHarness>;
};

export const toEcho = ({ endpoint, entities, features }: PredictionRequest): JsonObject => ({
  ...{ endpoint, entities, features, score: 0.25, decision: false },
});

/** What every way to ask for a prediction promises. */
export function describePredictions(
  subject: PredictionsSubject,
  refuse: (request: PredictionRequest) => CodedError | null,
): void {
  describe(`predictions: ${subject.name}`, () => {
    let harness: PredictionsHarness;
    beforeEach(async () => {
      harness = await subject.create(refuse);
    });
    afterEach(() => harness.close());

    it('gives the answer of the node, which gets all that was asked', async () => {
      const request = {
        endpoint: 'payments/fraud',
        entities: { customer_id: 'c-00017 ü"\\' },
        features: { amount: 120.5, merchant_category: 'travel' },
      };
      const answer = await harness.predictions.predict(harness.url, request);
      expect(answer).toEqual(toEcho(request));
    });

    it.each([
      ['payments/unknown', 'P822', 'stop'],
      ['payments/waiting', 'P823', 'retry'],
      ['payments/odd name', 'P821', 'stop'],
    ])('throws what the node refuses %s with', async (endpoint, code, remedy) => {
      const asked = { endpoint, entities: {}, features: {} };
      const predicting = harness.predictions.predict(harness.url, asked);
      const message = expect.stringContaining(endpoint);
      await expect(predicting).rejects.toMatchObject({ code, remedy, message });
    });

    it('says so when nothing answers', async () => {
      const asked = { endpoint: 'payments/fraud', entities: {}, features: {} };
      const predicting = harness.predictions.predict(harness.emptyUrl, asked);
      await expect(predicting).rejects.toMatchObject({ code: 'P810', remedy: 'retry' });
    });
  });
}
