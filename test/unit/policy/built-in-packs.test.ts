import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createInlinePolicyEvaluator } from '../../../reconciler/adapters/policy-evaluator/inline/policy-evaluator.ts';
import { createFolderPolicyLibrary } from '../../../reconciler/adapters/policy-library/folder/policy-library.ts';
import { parsePack } from '../../../reconciler/core/policy/parse-pack.ts';
import { runPolicyTests } from '../../../reconciler/core/policy/run-policy-tests.ts';

const FOLDER = new URL('../../../policies/', import.meta.url).pathname;
const PACKS = (await readdir(FOLDER, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe.each(PACKS)('the policy pack %s', async (name) => {
  const pack = parsePack(await createFolderPolicyLibrary({ folder: FOLDER }).readPack(name));
  const evaluator = createInlinePolicyEvaluator();
  const results = await runPolicyTests(pack, (questions) => evaluator.evaluate(questions));

  it('has no mistake in any file', () => {
    expect(pack.diagnostics).toEqual([]);
    expect(pack.policies.length).toBeGreaterThan(0);
  });

  it.each(results.map((result) => [result.policy, result.name, result.failure]))(
    '%s: %s',
    (_policy, _name, failure) => {
      expect(failure).toBeNull();
    },
  );
});
