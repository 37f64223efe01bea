import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { measureFullBatch, measureSingleRow } from './measure.ts';
import type { ModelFile, ModelOrder, ModelReport } from './model-messages.ts';
import { type OnnxSession, openOnnxSession } from './onnx-session.ts';
import { readModelFile } from './read-model-file.ts';

/*
 * The process of one model: it loads it once and answers runs one after the other. Loading and
 * running block a thread, and a model's file is the least trusted thing that a node touches.
 */

function followOrders(): void {
  let session: OnnxSession | null = null;

  const load = async ({ path, sha256, forms, maxRows }: ModelFile): Promise<ModelReport> => {
    const bytes = await readModelFile(path, sha256);
    const beforeMs = readProcessorMs();
    session = await openOnnxSession(bytes, forms);
    const loadMs = readProcessorMs() - beforeMs;
    const singleRowMs = await measureSingleRow(session, forms.inputs, readProcessorMs);
    const fullBatchMs = await measureFullBatch(session, forms.inputs, maxRows, readProcessorMs);
    return { type: 'loaded', measured: { loadMs, singleRowMs, fullBatchMs } };
  };

  const run = async ({
    id,
    tensors,
  }: Extract<ModelOrder, { type: 'run' }>): Promise<ModelReport> => {
    try {
      if (session === null) throw new Error('no model is loaded');
      return { type: 'ran', id, tensors: await session.run(tensors) };
    } catch (error) {
      return { type: 'failed', id, why: describe(error) };
    }
  };

  const follow = (order: ModelOrder): Promise<ModelReport> =>
    order.type === 'run'
      ? run(order)
      : load(order.model).catch((error) => ({ type: 'refused', why: describe(error) }));

  process.on('message', (order: ModelOrder) => {
    void follow(order).then((report) => process.send?.(report));
  });
}

/** What ONNX Runtime says may hold values of a row, so only our own words leave the process. */
function describe(error: unknown): string {
  return isCodedError(error) ? error.message : 'the model failed';
}

function readProcessorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// Its node ends it: a signal to the whole group must not cut off answers in progress.
process.on('SIGTERM', () => {});
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
followOrders();
