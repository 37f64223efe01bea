import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { covers, EXCEPTIONS, isExcused } from './exceptions.ts';
import { readTree } from './read-tree.ts';
import { RULES } from './rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the house', () => {
  const tree = readTree(root);

  it.each(RULES)('keeps the rule $name', ({ name, check }) => {
    const findings = check(tree).filter((finding) => !isExcused(name, finding, EXCEPTIONS));
    const lines = findings.map(({ path, line, message }) => `${path}:${line} ${message}`);
    expect(lines).toEqual([]);
  });

  it('has a test that plants a breach of each rule', () => {
    const tests = new Set(readdirSync(fileURLToPath(new URL('.', import.meta.url))));
    const unproven = RULES.filter(({ name }) => !tests.has(`${name}.test.ts`));
    expect(unproven.map(({ name }) => name)).toEqual([]);
  });

  it.runIf(EXCEPTIONS.length > 0).each(EXCEPTIONS)(
    'needs the exception for $path from $rule',
    (exception) => {
      const rule = RULES.find(({ name }) => name === exception.rule);
      const excused = rule?.check(tree).filter(({ path }) => covers(exception, path)) ?? [];
      expect(excused).not.toEqual([]);
      expect(exception.reason.length).toBeGreaterThan(20);
    },
  );
});
