import { copyJson } from '../contracts/copy-json.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import { API_VERSION, toNormalForm } from '../contracts/normal-form.ts';
import type { Ref } from '../contracts/ref.ts';
import { checkSpec } from './checks/check-spec.ts';
import { fillDefaults } from './fill-defaults.ts';
import { KINDS } from './generated/kinds.generated.ts';
import { findKind, identify } from './identify.ts';
import { readPointer } from './json-pointer.ts';
import type { KindFacts } from './kind-facts.ts';
import { findNearestName } from './nearest-name.ts';
import { normaliseSpec } from './normalise.ts';
import { toQuoted } from './printable.ts';
import type { ReadValue } from './read-value.ts';
import { type FieldProblem, validateValue } from './validate-value.ts';

export type ResourceContent = {
  readonly ref: Ref;
  readonly labels: Readonly<Record<string, string>>;
  readonly formerly: readonly string[];
  readonly spec: JsonObject;
  readonly form: ReturnType<typeof toNormalForm>;
};

export type ReadResource = {
  /** Null when the document has a mistake. */
  readonly content: ResourceContent | null;
  readonly kind: string | null;
  readonly ref: Ref | null;
  readonly problems: readonly FieldProblem[];
};

/** A document of ours, as plain JSON, to a resource or to what is wrong with it. */
export function readResource({ value }: ReadValue): ReadResource {
  return readContent(value);
}

/** The same for what has no text of its own. */
export function readContent(value: unknown): ReadResource {
  const apiProblem = checkApiVersion(readPointer(value, '/apiVersion'));
  const kind = readPointer(value, '/kind');
  const facts = findKind(kind);
  if (facts === null) {
    const problems = [toKindProblem(kind), ...apiProblem];
    return { content: null, kind: typeof kind === 'string' ? kind : null, ref: null, problems };
  }
  const ref = identify(facts, value);
  if (apiProblem.length > 0) return { content: null, kind: facts.kind, ref, problems: apiProblem };
  const problems = [...validateValue(facts, value), ...checkReservedName(facts, value)];
  if (problems.length > 0 || ref === null)
    return { content: null, kind: facts.kind, ref, problems };
  const content = toContent(facts, ref, value);
  const misfits = checkSpec(ref, content.spec);
  if (misfits.length > 0) return { content: null, kind: facts.kind, ref, problems: misfits };
  return { content, kind: facts.kind, ref, problems };
}

/**
 * What the validator accepted: every cast here is a promise of the kind's schema. Reading made maps
 * without a prototype; from here on no key can be mistaken for an inherited one.
 */
function toContent(facts: KindFacts, ref: Ref, value: unknown): ResourceContent {
  const spec = fillDefaults(facts, copyJson(readPointer(value, '/spec') as Json) as JsonObject);
  return {
    ref,
    labels: copyJson(readPointer(value, '/metadata/labels') as Json) as Record<string, string>,
    formerly: readPointer(value, '/metadata/formerly') as readonly string[],
    spec,
    form: toNormalForm(ref, normaliseSpec(facts, spec)),
  };
}

/** An older build must not take a newer document for a removed resource. */
function checkApiVersion(apiVersion: unknown): readonly FieldProblem[] {
  if (apiVersion === API_VERSION) return [];
  const message = `"apiVersion" must be "${API_VERSION}", but it is ${toQuoted(apiVersion)}`;
  const hint = 'this build of Plumbline reads no other version of the language';
  return [{ code: 'P113', message, hint, pointer: '/apiVersion', atKey: false }];
}

function toKindProblem(kind: unknown): FieldProblem {
  const known = Object.keys(KINDS);
  if (kind === undefined) {
    const hint = `kinds: ${known.join(', ')}`;
    return { code: 'P112', message: 'missing field "kind"', hint, pointer: '', atKey: false };
  }
  const nearest = typeof kind === 'string' ? findNearestName(kind, known) : null;
  return {
    code: 'P110',
    message: `unknown kind ${toQuoted(kind)}`,
    hint: nearest === null ? `kinds: ${known.join(', ')}` : `did you mean "${nearest}"?`,
    pointer: '/kind',
    atKey: false,
  };
}

function checkReservedName(facts: KindFacts, value: unknown): readonly FieldProblem[] {
  const name = readPointer(value, '/metadata/name');
  if (typeof name !== 'string' || !facts.reservedNames.includes(name)) return [];
  const message = `no ${facts.kind} may be called "${name}": the name is taken by the platform itself`;
  return [
    { code: 'P114', message, hint: 'choose another name', pointer: '/metadata/name', atKey: false },
  ];
}
