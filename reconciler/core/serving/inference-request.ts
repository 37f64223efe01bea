import { CodedError } from '../contracts/coded-error.ts';
import { isJsonObject, type JsonObject } from '../contracts/json.ts';
import { type EntityValue, isEntityValue } from './assignment-text.ts';
import { parseTensor } from './parse-tensor.ts';
import type { Tensor, TensorForm } from './tensor.ts';

/** What a model takes and gives, and how many rows at once. */
export type InferenceForm = {
  readonly inputs: readonly TensorForm[];
  readonly outputs: readonly TensorForm[];
  readonly maxRows: number;
};

/** What of a request is independent of the version that will answer it. */
export type InferenceEnvelope = {
  readonly id: string | null;
  /** Who is asked about, which decides the version that answers; null when nobody is named. */
  readonly entity: readonly EntityValue[] | null;
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[] | null;
};

export type InferenceRequest = {
  readonly rows: number;
  /** In the order of the model's inputs. */
  readonly tensors: readonly Tensor[];
  /** Which to answer with; null for all. */
  readonly outputs: readonly string[] | null;
};

const MAX_TEXT_LENGTH = 1024;
const MAX_KEYS = 64;

/** The outer part of an Open Inference Protocol request. Throws P821. */
export function parseEnvelope(body: unknown): InferenceEnvelope {
  if (!isJsonObject(body)) throw refuse('the body is no JSON object');
  const { id, parameters = {}, inputs, outputs = null } = body;
  if (id !== undefined && !isId(id)) throw refuse('id is no text, or a very long one');
  if (!isJsonObject(parameters)) throw refuse('parameters are no object');
  const key = Object.hasOwn(parameters, 'entity_key') ? parameters['entity_key'] : null;
  if (!Array.isArray(inputs)) throw refuse('inputs are no list');
  if (outputs !== null && !Array.isArray(outputs)) throw refuse('outputs are no list');
  return { id: id ?? null, entity: key === null ? null : parseEntity(key), inputs, outputs };
}

/** The key of an entity, or a list of them in the order of their names. */
function parseEntity(given: unknown): readonly EntityValue[] {
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (values.length > 0 && values.length <= MAX_KEYS && values.every(isEntityValue)) return values;
  throw refuse('parameters.entity_key is no text, whole number or boolean, and no list of them');
}

/** The inner part, by what the model declares. Throws P821. */
export function parseInferenceRequest(
  envelope: InferenceEnvelope,
  form: InferenceForm,
): InferenceRequest {
  const given = byName(envelope.inputs, 'input');
  const names = form.inputs.map(({ name }) => name);
  checkNames([...given.keys()], names, 'input');
  const tensors = form.inputs.map((input) => {
    const found = given.get(input.name);
    if (found === undefined) throw refuse(`input '${input.name}' is missing`);
    return parseTensor(found, input);
  });
  return { rows: countRows(tensors, form), tensors, outputs: parseOutputs(envelope, form) };
}

function countRows(tensors: readonly Tensor[], form: InferenceForm): number {
  const rows = tensors[0]?.shape[0] ?? 0;
  if (tensors.some(({ shape }) => shape[0] !== rows)) {
    throw refuse('the inputs have different numbers of rows');
  }
  if (rows === 0) throw refuse('the request has no rows');
  if (rows > form.maxRows) {
    throw refuse(`the request has ${rows} rows: send at most ${form.maxRows} at once`);
  }
  return rows;
}

function parseOutputs(
  { outputs }: InferenceEnvelope,
  form: InferenceForm,
): readonly string[] | null {
  if (outputs === null || outputs.length === 0) return null;
  const asked = [...byName(outputs, 'output').keys()];
  checkNames(
    asked,
    form.outputs.map(({ name }) => name),
    'output',
  );
  return asked;
}

function byName(items: readonly unknown[], what: string): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const item of items) {
    if (!isJsonObject(item) || !isShortText(item['name'])) {
      throw refuse(`an ${what} has no name`);
    }
    const { name } = item;
    if (found.has(name)) throw refuse(`an ${what} appears twice in the request`);
    found.set(name, item);
  }
  return found;
}

function checkNames(given: readonly string[], known: readonly string[], what: string): void {
  if (given.every((name) => known.includes(name))) return;
  const list = known.map((name) => `'${name}'`).join(', ');
  throw refuse(`an ${what} has a name that the model does not know: it knows ${list}`);
}

/** It stands for an entity where none is named, so it is held to the same. */
function isId(value: unknown): value is string {
  return typeof value === 'string' && isEntityValue(value);
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT_LENGTH;
}

function refuse(what: string): CodedError {
  return new CodedError('P821', what);
}
