import type { ErrorCode } from '../contracts/error-codes.ts';
import { joinPointer, readPointer, splitPointer, toFieldPath } from './json-pointer.ts';
import type { KindFacts, MessageSchema, ValidationError } from './kind-facts.ts';
import { findNearestName } from './nearest-name.ts';
import { toPrintable, toQuoted } from './printable.ts';

export type FieldProblem = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  /** The field; with `atKey` its name is wrong, not its value. */
  readonly pointer: string;
  readonly atKey: boolean;
};

/** Judges a document by its kind's schema, and fills in the defaults. */
export function validateValue(facts: KindFacts, value: unknown): readonly FieldProblem[] {
  if (facts.validate(value)) return findRepeatedNames(facts, value);
  const problems = new Map<string, FieldProblem>();
  for (const error of facts.validate.errors ?? []) {
    const problem = toProblem(facts, value, error);
    if (problem === null) continue;
    // One field may miss several others, but is itself wrong once.
    const key =
      error.keyword === 'required' ? problem.message : `${problem.atKey} ${problem.pointer}`;
    if (!problems.has(key)) problems.set(key, problem);
  }
  return [...problems.values()];
}

function toProblem(facts: KindFacts, root: unknown, error: ValidationError): FieldProblem | null {
  const pointer = error.instancePath;
  const schema = findSchema(facts.schema, pointer);
  switch (error.keyword) {
    case 'additionalProperties':
      return toUnknownField(facts, schema, pointer, String(error.params['additionalProperty']));
    case 'required':
      return toMissingField(schema, pointer, String(error.params['missingProperty']));
    case 'propertyNames':
      return null;
    default:
      if (error.propertyName !== undefined) return toBadKey(schema, pointer, error.propertyName);
      return toWrongValue(schema, pointer, error, readPointer(root, pointer));
  }
}

function toUnknownField(
  facts: KindFacts,
  schema: MessageSchema,
  parent: string,
  name: string,
): FieldProblem {
  const pointer = joinPointer(parent, name);
  if (pointer === '/metadata/namespace' && facts.scope === 'platform') {
    const message = `a ${facts.kind} belongs to the whole platform and has no namespace`;
    return { code: 'P115', message, hint: 'remove the field', pointer, atKey: true };
  }
  const known = Object.keys(schema.properties ?? {});
  const nearest = findNearestName(name, known);
  const where = parent === '' ? `a ${facts.kind}` : toFieldText(parent);
  return {
    code: 'P111',
    message: `unknown field ${toQuoted(name)} in ${where}`,
    hint: nearest === null ? `known fields: ${known.join(', ')}` : `did you mean "${nearest}"?`,
    pointer,
    atKey: true,
  };
}

function toMissingField(schema: MessageSchema, parent: string, name: string): FieldProblem {
  const field = schema.properties?.[name];
  const where = parent === '' ? 'the document' : toFieldText(parent);
  return {
    code: 'P112',
    message: `missing field "${name}" in ${where}`,
    ...toHint(field),
    pointer: parent,
    atKey: false,
  };
}

function toBadKey(schema: MessageSchema, parent: string, name: string): FieldProblem {
  return {
    code: 'P113',
    message: `${toQuoted(name)} cannot be a key of ${toFieldText(parent)}`,
    ...toHint(schema.propertyNames),
    pointer: joinPointer(parent, name),
    atKey: true,
  };
}

function toWrongValue(
  schema: MessageSchema,
  pointer: string,
  error: ValidationError,
  value: unknown,
): FieldProblem {
  const isName = schema['x-name'] === true && error.keyword !== 'type';
  const expected = isName ? 'a name' : toExpectation(schema, error);
  const hint = isName
    ? { hint: 'a name is 1 to 63 lower-case letters, digits and inner hyphens' }
    : toHint(schema, value);
  return {
    code: isName ? 'P114' : 'P113',
    message: `${toFieldText(pointer)} must be ${expected}, but it ${toFinding(error, value)}`,
    ...hint,
    pointer,
    atKey: false,
  };
}

function toFinding({ keyword }: ValidationError, value: unknown): string {
  if (keyword === 'uniqueItems') return 'has some';
  if (Array.isArray(value) && keyword !== 'type') return `has ${value.length}`;
  if (typeof value === 'string' && /Length$/.test(keyword)) return `has ${value.length}`;
  return `is ${toQuoted(value)}`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function toTypeWord(type: unknown): string {
  return TYPE_WORDS[String(type)] ?? String(type);
}

function toExpectation(schema: MessageSchema, { keyword, params }: ValidationError): string {
  const limit = String(params['limit']);
  switch (keyword) {
    case 'type':
      return [params['type']].flat().map(toTypeWord).join(' or ');
    case 'enum':
      return `one of ${(schema.enum ?? []).join(', ')}`;
    case 'const':
      return toQuoted(schema.const);
    case 'minimum':
      return `${limit} or more`;
    case 'maximum':
      return `${limit} or less`;
    case 'minItems':
      return `a list of ${limit} or more items`;
    case 'maxItems':
      return `a list of at most ${limit} items`;
    case 'minLength':
      return `a text of ${limit} or more characters`;
    case 'maxLength':
      return `a text of at most ${limit} characters`;
    case 'maxProperties':
      return `a map of at most ${limit} keys`;
    case 'uniqueItems':
      return 'a list without repeated items';
    default:
      return 'written in another form';
  }
}

function toHint(field: MessageSchema | undefined, value?: unknown): { readonly hint?: string } {
  const choices = (field?.enum ?? []).filter((choice) => typeof choice === 'string');
  const nearest = typeof value === 'string' ? findNearestName(value, choices) : null;
  if (nearest !== null) return { hint: `did you mean "${nearest}"?` };
  const example = field?.examples?.[0];
  const shown = example === undefined ? '' : ` For example: ${JSON.stringify(example)}`;
  return field?.description === undefined ? {} : { hint: `${field.description}${shown}` };
}

/** Items of a list that are told apart by a field must differ in it. */
function findRepeatedNames(facts: KindFacts, root: unknown): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const { steps, by } of [...facts.unordered, ...facts.uniqueBy]) {
    const pointer = steps.reduce(joinPointer, '');
    const list = by === null ? undefined : readPointer(root, pointer);
    if (!Array.isArray(list) || by === null) continue;
    const seen = new Set<unknown>();
    for (const [index, item] of list.entries()) {
      const name: unknown = (item as Readonly<Record<string, unknown>>)[by];
      const at = joinPointer(joinPointer(pointer, index), by);
      const message = `${toFieldText(at)} is ${toQuoted(name)}, as in an item before it`;
      const hint = 'give each item its own';
      if (seen.has(name)) problems.push({ code: 'P113', message, hint, pointer: at, atKey: false });
      seen.add(name);
    }
  }
  return problems;
}

function findSchema(schema: MessageSchema, pointer: string): MessageSchema {
  let found: MessageSchema = schema;
  for (const step of splitPointer(pointer)) {
    const inner =
      found.properties !== undefined && Object.hasOwn(found.properties, step)
        ? found.properties[step]
        : (found.items ?? found.additionalProperties);
    if (typeof inner !== 'object') return {};
    found = inner;
  }
  return found;
}

function toFieldText(pointer: string): string {
  return pointer === '' ? 'the document' : `"${toPrintable(toFieldPath(pointer))}"`;
}
