import type { Tensor } from '../../../reconciler/core/serving/tensor.ts';
import type { ModelForms } from './onnx-session.ts';

/** What a node says to the process of a model. */
export type ModelOrder =
  | { readonly type: 'load'; readonly model: ModelFile }
  | { readonly type: 'run'; readonly id: number; readonly tensors: readonly Tensor[] };

export type ModelFile = {
  readonly path: string;
  /** Of the file: bytes of another digest are not loaded. */
  readonly sha256: string;
  readonly forms: ModelForms;
  /** Most rows in one call. */
  readonly maxRows: number;
};

/** What it says back. */
export type ModelReport =
  | { readonly type: 'loaded'; readonly measured: Measured }
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'ran'; readonly id: number; readonly tensors: readonly Tensor[] }
  | { readonly type: 'failed'; readonly id: number; readonly why: string };

/** How long the model holds a thread: processor time, which a busy machine does not change. */
export type Measured = {
  readonly loadMs: number;
  /** The 99th percentile of one row; null when it could not be measured with zeros. */
  readonly singleRowMs: number | null;
  /** The slowest of a few runs of as many rows as the model takes at once. */
  readonly fullBatchMs: number | null;
};
