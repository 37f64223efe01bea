import type { InspectedModel } from './inspect-onnx.ts';
import type { OnnxTensor } from './inspect-tensor.ts';
import { refuse } from './refuse.ts';
import { isShape, type Tensors, toTensorText } from './trainer-claims.ts';

/** The graph must take and answer exactly what the manifest says, and nothing beside it. */
export function checkTensors(model: InspectedModel, claimed: Tensors): void {
  checkOne('input', model.inputs, claimed.input);
  checkOne('output', model.outputs, claimed.output);
}

function checkOne(
  what: 'input' | 'output',
  tensors: readonly OnnxTensor[],
  claimed: Tensors['input'],
): void {
  const [tensor, ...others] = tensors;
  if (tensor === undefined) throw refuse(`model.onnx has no ${what}`);
  if (others.length > 0) throw refuse(`model.onnx has ${tensors.length} ${what}s instead of one`);
  const isSame =
    tensor.name === claimed.name &&
    tensor.datatype === claimed.datatype &&
    tensor.shape !== null &&
    isShape(tensor.shape, claimed.shape);
  if (isSame) return;
  const { name, datatype, shape } = tensor;
  const found = toTensorText({
    name,
    datatype: datatype ?? 'of no known type',
    shape: shape ?? [],
  });
  throw refuse(
    `the ${what} of model.onnx is ${found}, but manifest.json says ${toTensorText(claimed)}`,
  );
}
