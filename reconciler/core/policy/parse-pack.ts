import type { Diagnostic } from '../spec/diagnostic.ts';
import { parsePolicyFile } from './parse-policy.ts';
import { type PolicyTest, parsePolicyTestFile } from './parse-policy-test.ts';
import type { Policy } from './policy.ts';

export type Pack = {
  readonly policies: readonly Policy[];
  readonly tests: readonly PolicyTest[];
  /** Not empty: the pack must not be used at all, since what is missing may be what forbids. */
  readonly diagnostics: readonly Diagnostic[];
};

const TEST_SUFFIX = /\.test\.ya?ml$/;

/** A pack's files: policies, and tests in files that end in `.test.yaml`. */
export function parsePack(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): Pack {
  const sources = files.filter(({ path }) => !TEST_SUFFIX.test(path));
  const parsed = sources.map(({ path, bytes }) => parsePolicyFile(path, bytes));
  const tested = files
    .filter(({ path }) => TEST_SUFFIX.test(path))
    .map(({ path, bytes }) => parsePolicyTestFile(path, bytes));
  const policies = parsed.flatMap((file) => file.policies);
  return {
    policies,
    tests: tested.flatMap((file) => file.tests),
    diagnostics: [
      ...parsed.flatMap((file) => file.diagnostics),
      ...tested.flatMap((file) => file.diagnostics),
      ...parsed.flatMap((file, index) =>
        findRepeats(sources[index]?.path ?? '', file.policies, policies),
      ),
    ],
  };
}

/** Two policies of one name would make every verdict that names it ambiguous. */
function findRepeats(
  path: string,
  ofFile: readonly Policy[],
  ofPack: readonly Policy[],
): readonly Diagnostic[] {
  return ofFile.flatMap((policy): readonly Diagnostic[] => {
    const { name } = policy.metadata;
    const first = ofPack.find((other) => other.metadata.name === name);
    if (first === policy) return [];
    const message = `the policy ${name} is defined twice in the pack`;
    return [{ code: 'P201', severity: 'error', message, location: { path, line: 1, column: 1 } }];
  });
}
