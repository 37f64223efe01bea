import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type {
  ServedDatatype,
  Tensor,
  TensorData,
  TensorForm,
} from '../../../reconciler/core/serving/tensor.ts';

/** What a session is asked to be: what the manifest says of inputs and outputs. */
export type ModelForms = {
  readonly inputs: readonly TensorForm[];
  readonly outputs: readonly TensorForm[];
};

export type OnnxSession = {
  /** Blocks the thread while it computes. Throws P825. */
  readonly run: (tensors: readonly Tensor[]) => Promise<readonly Tensor[]>;
  readonly close: () => Promise<void>;
};

type OnnxType = 'float32' | 'float64' | 'int32' | 'int64';

const ONNX_TYPES: Readonly<Record<ServedDatatype, OnnxType>> = {
  FP32: 'float32',
  FP64: 'float64',
  INT32: 'int32',
  INT64: 'int64',
};

/**
 * One thread: models here are small, and several of them share the machine. Throws P804 when the
 * file is no model, or another one than its manifest says.
 */
export async function openOnnxSession(bytes: Uint8Array, forms: ModelForms): Promise<OnnxSession> {
  const session = await load(bytes);
  checkNames(session.inputNames, forms.inputs, 'inputs');
  checkNames(session.outputNames, forms.outputs, 'outputs');
  return {
    run: (tensors) => run(session, tensors, forms),
    close: () => session.release(),
  };
}

async function load(bytes: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      // Errors are thrown as well; its own lines would only repeat them on the error stream.
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw new CodedError('P804', 'ONNX Runtime cannot load the model', { cause });
  }
}

function checkNames(found: readonly string[], forms: readonly TensorForm[], what: string): void {
  const declared = new Set(forms.map(({ name }) => name));
  if (found.length === declared.size && found.every((name) => declared.has(name))) return;
  throw new CodedError('P804', `the model's ${what} are not those that its manifest declares`);
}

async function run(
  session: InferenceSession,
  tensors: readonly Tensor[],
  { outputs }: ModelForms,
): Promise<readonly Tensor[]> {
  const feeds = Object.fromEntries(tensors.map((tensor) => [tensor.name, toOnnx(tensor)]));
  let answered: InferenceSession.OnnxValueMapType;
  try {
    answered = await session.run(feeds);
  } catch (cause) {
    throw new CodedError('P825', 'the model failed on these rows', { cause });
  }
  const rows = tensors[0]?.shape[0] ?? 0;
  return outputs.map((form) => fromOnnx(answered[form.name], form, rows));
}

function toOnnx({ datatype, shape, data }: Tensor): OnnxTensor {
  return new OnnxTensor(ONNX_TYPES[datatype], data as Float32Array, shape);
}

/** Whoever splits a batch relies on the number of rows, so it is checked and never assumed. */
function fromOnnx(value: unknown, form: TensorForm, rows: number): Tensor {
  const found = value instanceof OnnxTensor ? value : null;
  if (found?.type !== ONNX_TYPES[form.datatype] || found.dims[0] !== rows) {
    const what = `the model's output '${form.name}' has another form than its manifest declares`;
    throw new CodedError('P825', what);
  }
  const { name, datatype } = form;
  return { name, datatype, shape: found.dims, data: found.data as TensorData };
}
