import type { JsonObject } from '../contracts/json.ts';
import { API_VERSION } from '../contracts/normal-form.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import { checkShape, type Shape } from './check-shape.ts';
import { toDiagnostic } from './parse-policy.ts';
import { readYamlDocuments } from './read-yaml-documents.ts';

export type ExpectedDecision = 'allow' | 'warn' | 'deny';

/** One example of what a policy should say, from its test file. */
export type PolicyTestCase = {
  readonly name: string;
  readonly action: string;
  /** The zone that judges. */
  readonly zone: string;
  readonly object: JsonObject | null;
  readonly oldObject: JsonObject | null;
  readonly expect: ExpectedDecision;
  /** Part of what a finding must say; null when anything will do. */
  readonly message: string | null;
};

export type PolicyTest = {
  readonly path: string;
  readonly policy: string;
  readonly cases: readonly PolicyTestCase[];
};

const NAME: Shape = { type: 'text', maxLength: 200 };
const RESOURCE: Shape = { type: 'open-map', orNull: true };

const POLICY_TEST: Shape = {
  type: 'map',
  fields: {
    apiVersion: { type: 'one-of', values: [API_VERSION] },
    kind: { type: 'one-of', values: ['PolicyTest'] },
    policy: { type: 'text', maxLength: 63 },
    cases: {
      type: 'list',
      min: 1,
      max: 200,
      item: {
        type: 'map',
        fields: {
          name: NAME,
          action: { type: 'text', maxLength: 63, pattern: /^[a-z][a-z-]*$/ },
          zone: { type: 'text', maxLength: 63 },
          object: RESOURCE,
          oldObject: RESOURCE,
          expect: { type: 'one-of', values: ['allow', 'warn', 'deny'] },
          message: NAME,
        },
        required: ['name', 'action', 'expect'],
      },
    },
  },
  required: ['apiVersion', 'kind', 'policy', 'cases'],
};

export function parsePolicyTestFile(
  path: string,
  bytes: Uint8Array,
): { readonly tests: readonly PolicyTest[]; readonly diagnostics: readonly Diagnostic[] } {
  const { documents, diagnostics } = readYamlDocuments(path, bytes);
  const parsed = documents.map((document) => {
    const problems = checkShape(document.value, POLICY_TEST);
    return {
      test: problems.length > 0 ? null : toPolicyTest(path, document.value as RawTest),
      diagnostics: problems.map((problem) => toDiagnostic(document, problem)),
    };
  });
  return {
    tests: diagnostics.length > 0 ? [] : parsed.flatMap(({ test }) => test ?? []),
    diagnostics: [...diagnostics, ...parsed.flatMap((result) => result.diagnostics)],
  };
}

type RawTest = {
  readonly policy: string;
  readonly cases: readonly (Pick<PolicyTestCase, 'name' | 'action' | 'expect'> &
    Partial<PolicyTestCase>)[];
};

function toPolicyTest(path: string, { policy, cases }: RawTest): PolicyTest {
  return {
    path,
    policy,
    cases: cases.map((raw) => ({
      name: raw.name,
      action: raw.action,
      zone: raw.zone ?? 'ae',
      object: raw.object ?? null,
      oldObject: raw.oldObject ?? null,
      expect: raw.expect,
      message: raw.message ?? null,
    })),
  };
}
