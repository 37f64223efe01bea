import type { JsonObject } from '../core/contracts/json.ts';

export type PredictionRequest = {
  readonly endpoint: string;
  readonly entities: Readonly<Record<string, string>>;
  readonly features: Readonly<Record<string, string | number>>;
};

/** Asking a data-plane node as any application would. */
export interface Predictions {
  /** The node's answer. Throws the code it refuses with, or P810 when nothing answers. */
  predict(url: string, request: PredictionRequest): Promise<JsonObject>;
}
