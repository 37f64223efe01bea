import type { JsonObject } from '../contracts/json.ts';
import { API_VERSION } from '../contracts/normal-form.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import { checkShape, type Shape, type ShapeProblem } from './check-shape.ts';
import { MAX_EXPRESSION_BYTES } from './evaluate-cel.ts';
import type { Enforcement, Policy, PolicyValidation, PolicyVariable } from './policy.ts';
import { type LocatedDocument, readYamlDocuments } from './read-yaml-documents.ts';

const NAME: Shape = {
  type: 'text',
  maxLength: 63,
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
};
const KIND: Shape = { type: 'text', maxLength: 63, pattern: /^(?:\*|[A-Z][A-Za-z]*)$/ };
const ACTION: Shape = { type: 'text', maxLength: 63, pattern: /^(?:\*|[a-z][a-z-]*)$/ };
const EXPRESSION: Shape = { type: 'text', maxLength: MAX_EXPRESSION_BYTES };
const MESSAGE: Shape = { type: 'text', maxLength: 1024 };

const VARIABLE: Shape = {
  type: 'map',
  fields: {
    name: { type: 'text', maxLength: 63, pattern: /^[a-z][A-Za-z0-9]*$/ },
    expression: EXPRESSION,
  },
  required: ['name', 'expression'],
};

const VALIDATION: Shape = {
  type: 'map',
  fields: { expression: EXPRESSION, message: MESSAGE, messageExpression: EXPRESSION },
  required: ['expression'],
};

/** The bounds are far above what is written by hand, and make the work of a verdict finite. */
const POLICY: Shape = {
  type: 'map',
  fields: {
    apiVersion: { type: 'one-of', values: [API_VERSION] },
    kind: { type: 'one-of', values: ['Policy'] },
    metadata: { type: 'map', fields: { name: NAME }, required: ['name'] },
    spec: {
      type: 'map',
      fields: {
        match: {
          type: 'map',
          fields: {
            kinds: { type: 'list', item: KIND, min: 1, max: 32 },
            actions: { type: 'list', item: ACTION, min: 1, max: 16 },
          },
          required: ['kinds'],
        },
        params: { type: 'open-map', orNull: false },
        variables: { type: 'list', item: VARIABLE, min: 0, max: 16 },
        validations: { type: 'list', item: VALIDATION, min: 1, max: 32 },
        actions: {
          type: 'list',
          item: { type: 'one-of', values: ['deny', 'warn'] },
          min: 1,
          max: 2,
        },
      },
      required: ['match', 'validations', 'actions'],
    },
  },
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
};

/** The policies of one file; with a diagnostic at its place for everything that is wrong. */
export function parsePolicyFile(
  path: string,
  bytes: Uint8Array,
): { readonly policies: readonly Policy[]; readonly diagnostics: readonly Diagnostic[] } {
  const { documents, diagnostics } = readYamlDocuments(path, bytes);
  const parsed = documents.map(parsePolicy);
  return {
    policies: diagnostics.length > 0 ? [] : parsed.flatMap(({ policy }) => policy ?? []),
    diagnostics: [...diagnostics, ...parsed.flatMap((result) => result.diagnostics)],
  };
}

function parsePolicy(document: LocatedDocument) {
  const problems = checkShape(document.value, POLICY);
  const policy = problems.length > 0 ? null : toPolicy(document.value as RawPolicy);
  const unclear = policy === null ? [] : checkMeaning(policy);
  return {
    policy: unclear.length > 0 ? null : policy,
    diagnostics: [...problems, ...unclear].map((problem) => toDiagnostic(document, problem)),
  };
}

type RawPolicy = {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly match: { readonly kinds: readonly string[]; readonly actions?: readonly string[] };
    readonly params?: JsonObject;
    readonly variables?: readonly PolicyVariable[];
    readonly validations: readonly {
      readonly expression: string;
      readonly message?: string;
      readonly messageExpression?: string;
    }[];
    readonly actions: readonly Enforcement[];
  };
};

function toPolicy({ metadata, spec }: RawPolicy): Policy {
  return {
    apiVersion: API_VERSION,
    kind: 'Policy',
    metadata: { name: metadata.name },
    spec: {
      match: { kinds: spec.match.kinds, actions: spec.match.actions ?? ['*'] },
      params: spec.params ?? {},
      variables: (spec.variables ?? []).map(({ name, expression }) => ({ name, expression })),
      validations: spec.validations.map(
        (validation): PolicyValidation => ({
          expression: validation.expression,
          message: validation.message ?? null,
          messageExpression: validation.messageExpression ?? null,
        }),
      ),
      actions: spec.actions,
    },
  };
}

/** What the shape alone cannot say. */
function checkMeaning(policy: Policy): readonly ShapeProblem[] {
  const { variables, validations } = policy.spec;
  const silent = validations.flatMap((validation, index): readonly ShapeProblem[] => {
    if (validation.message !== null || validation.messageExpression !== null) return [];
    const pointer = `/spec/validations/${index}`;
    const message = 'needs a message or a messageExpression: a refusal must say why';
    return [{ code: 'P112', pointer, message: `spec.validations[${index}] ${message}` }];
  });
  const repeated = variables.flatMap(({ name }, index): readonly ShapeProblem[] => {
    if (variables.findIndex((other) => other.name === name) === index) return [];
    const pointer = `/spec/variables/${index}/name`;
    return [{ code: 'P113', pointer, message: `the variable ${name} is defined twice` }];
  });
  return [...silent, ...repeated];
}

export function toDiagnostic(document: LocatedDocument, problem: ShapeProblem): Diagnostic {
  const { code, message, hint, pointer } = problem;
  const location = code === 'P111' ? document.locateKey(pointer) : document.locate(pointer);
  return { code, severity: 'error', message, location, ...(hint === undefined ? {} : { hint }) };
}
