import { utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { judgeRevision } from '../../../reconciler/core/spec/judge-revision.ts';
import { LIMITS } from '../../../reconciler/core/spec/limits.ts';
import { parseFile } from '../../../reconciler/core/spec/parse-file.ts';
import type { ParsedFile } from '../../../reconciler/core/spec/parsed-file.ts';
import { selectEntries } from '../../../reconciler/core/spec/select-entries.ts';
import { judgeSmallRepo, toDocument, toEnvironment, toTarget, toZoneTextOf } from './small-repo.ts';

const HEAD = 'apiVersion: plumbline.dev/v1alpha1\nkind: Target\nmetadata:\n  name: new\nspec: ';

function parse(text: string): ParsedFile {
  return parseFile(utf8ToBytes(text));
}

function codesOf(parsed: ParsedFile): readonly string[] {
  return [...new Set(parsed.diagnostics.map(({ code }) => code))];
}

describe('nesting', () => {
  const DEEP = 100_000;
  it.each([
    ['lists in brackets', `${HEAD}${'['.repeat(DEEP)}`],
    ['maps in braces', `${HEAD}${'{a: '.repeat(60_000)}`],
    ['lists on one line', `${HEAD}\n${'- '.repeat(DEEP)}`],
    ['explicit keys', `${HEAD}\n${'? '.repeat(DEEP)}`],
    ['brackets of both kinds', `${HEAD}${'[{'.repeat(50_000)}`],
    ['indented maps', `${HEAD}\n${toStairs('a:', 650)}`],
    ['indented lists', `${HEAD}\n${toStairs('-', 650)}`],
  ])('of %s is refused before anything recursive sees it', (_name, text) => {
    const parsed = parse(text);
    expect(codesOf(parsed)).toEqual(['P106']);
    expect(parsed.broken).toHaveLength(1);
    expect(parsed.documents).toEqual([]);
  });

  it('is refused at 33 levels and allowed at 32', () => {
    const nest = (levels: number) => `{a: ${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}`;
    expect(codesOf(parse(HEAD + nest(32)))).not.toContain('P106');
    expect(codesOf(parse(HEAD + nest(31)))).not.toContain('P106');
    expect(codesOf(parse(HEAD + nest(33)))).toEqual(['P106']);
  });

  it('in a document of another API is left alone while the parser can bear it', () => {
    const foreign = `a: ${'['.repeat(100)}${']'.repeat(100)}\n`;
    const parsed = parse(`${foreign}---\n${toTarget('new', 'ae')}`);
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.documents).toHaveLength(1);
    expect(parsed.ignoredDocuments).toBe(1);
  });
});

function toStairs(step: string, count: number): string {
  return Array.from({ length: count }, (_, level) => `${' '.repeat(level)}${step}\n`).join('');
}

describe('bombs', () => {
  it('of aliases are refused, not expanded', () => {
    const levels = Array.from({ length: 30 }, (_, n) =>
      n === 0 ? 'a0: &a0 [x, x]' : `a${n}: &a${n} [*a${n - 1}, *a${n - 1}]`,
    );
    const parsed = parse(`${HEAD}\n  ${levels.join('\n  ')}\n`);
    expect(codesOf(parsed)).toEqual(['P103']);
    expect(parsed.diagnostics.length).toBe(30 + 58);
  });

  it('of documents in one file are refused', () => {
    const withMore = (count: number) => parse(`${toTarget('new', 'ae')}${'---\n'.repeat(count)}`);
    expect(codesOf(withMore(LIMITS.documentsPerFile - 1))).toEqual([]);
    const parsed = withMore(LIMITS.documentsPerFile);
    expect(codesOf(parsed)).toEqual(['P105']);
    expect(parsed.broken.at(-1)?.isCertain).toBe(false);
  });

  it('of a million documents are refused by size', () => {
    const parsed = parse(`# plumbline.dev\n${'---\n'.repeat(1_000_000)}`);
    expect(codesOf(parsed)).toEqual(['P104']);
  });

  it('of tokens are refused', () => {
    expect(codesOf(parse(`${HEAD}[${'a,'.repeat(60_000)}]`))).toEqual(['P105']);
  });

  it('of one scalar are read as the one text that they are', () => {
    const parsed = parse(`${HEAD}{description: "${'x'.repeat(200_000)}"}`);
    expect(codesOf(parsed)).toEqual(['P112', 'P113']);
    for (const { message } of parsed.diagnostics) expect(message.length).toBeLessThan(300);
  });

  it('of keys cost no comparison of all with all', () => {
    const keys = Array.from({ length: 12_000 }, (_, n) => `  k${n}: 1`).join('\n');
    const parsed = parse(`${HEAD}\n${keys}\n`);
    expect(codesOf(parsed)).toEqual(['P112', 'P111']);
    expect(parsed.diagnostics).toHaveLength(LIMITS.diagnosticsPerFile);
    expect(parsed.omittedDiagnostics).toBe(12_000 + 3 - LIMITS.diagnosticsPerFile);
  });

  it('of 50 MB are refused, read or unread', () => {
    const bytes = new Uint8Array(50 * 1024 * 1024).fill(0x20);
    bytes.set(utf8ToBytes('plumbline.dev'), 49 * 1024 * 1024);
    expect(codesOf(parseFile(bytes))).toEqual(['P104']);
    const entry = { path: 'big.yaml', type: 'file', sizeBytes: bytes.length } as const;
    const { wanted, refused } = selectEntries([entry]);
    expect(wanted).toEqual([]);
    expect(refused.map(({ parsed }) => codesOf(parsed))).toEqual([['P104']]);
  });
});

describe('a whole repo', () => {
  const file = { type: 'file', sizeBytes: 10 } as const;

  it('of too many files is frozen', () => {
    const entries = Array.from({ length: LIMITS.yamlFiles + 1 }, (_, n) => ({
      ...file,
      path: `${n}.yaml`,
    }));
    const { wanted, refusals } = selectEntries(entries);
    expect(wanted).toEqual([]);
    expect(judgeRevision([], refusals)).toMatchObject({ frozen: true, valid: [] });
    expect(refusals.map(({ code }) => code)).toEqual(['P105']);
    expect(selectEntries(entries.slice(1)).wanted).toHaveLength(LIMITS.yamlFiles);
  });

  it('of too many bytes is frozen', () => {
    const entries = Array.from({ length: 17 }, (_, n) => ({
      path: `${n}.yml`,
      type: 'file' as const,
      sizeBytes: LIMITS.foreignFileBytes,
    }));
    expect(selectEntries(entries).refusals.map(({ code }) => code)).toEqual(['P105']);
    expect(selectEntries(entries.slice(1)).refusals).toEqual([]);
  });

  it('of too many documents is frozen', () => {
    const parsed = parse(
      Array(100)
        .fill(toDocument('Namespace', 'a', '{}'))
        .join('---\n'),
    );
    const files = Array.from({ length: 201 }, (_, n) => ({ path: `${n}.yaml`, parsed }));
    const judgement = judgeRevision(files);
    expect(judgement.frozen).toBe(true);
    expect(judgement.diagnostics).toHaveLength(LIMITS.diagnostics);
    expect(judgement.omittedDiagnostics).toBe(20_100 + 1 - LIMITS.diagnostics);
  });

  it('tells what is to be mended when more waits for it than is told', () => {
    const waiting = Array.from({ length: LIMITS.diagnostics + 50 }, (_, index) => [
      `environments/e${index}.yaml`,
      toEnvironment(`e${index}`, 'ae', '[desk]'),
    ]);
    const { diagnostics, omittedDiagnostics } = judgeSmallRepo({
      ...Object.fromEntries(waiting),
      'z.yaml': toTarget('desk', 'ae').replace('executor', 'exekutor'),
    });
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code }) => code)).toContain('P111');
    expect(diagnostics.at(-1)).toBe(errors.at(-1));
    expect(diagnostics.length).toBe(LIMITS.diagnostics);
    expect(omittedDiagnostics).toBe(50 + errors.length);
  });

  it('of too many references is frozen', () => {
    const targets = Array.from({ length: 64 }, (_, n) => `t${n}`).join(', ');
    const one = parse(toDocument('Environment', 'a', `{zone: ae, targets: [${targets}]}`));
    const files = Array.from({ length: 3_077 }, (_, n) => ({ path: `${n}.yaml`, parsed: one }));
    const { frozen, diagnostics } = judgeRevision(files);
    expect(frozen).toBe(true);
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `P105 the repo has more than ${LIMITS.references} references`,
    ]);
  });

  it('with links and submodules under the name of a YAML file is not followed there', () => {
    const { wanted, refused } = selectEntries([
      { path: 'a.yaml', type: 'symlink', sizeBytes: 7 },
      { path: 'b.YML', type: 'submodule', sizeBytes: 0 },
      { path: 'docs', type: 'symlink', sizeBytes: 7 },
      { path: 'c.yaml', type: 'file', sizeBytes: 7 },
      { path: 'd.json', type: 'file', sizeBytes: 7 },
      { path: 'yaml', type: 'file', sizeBytes: 7 },
    ]);
    expect(wanted.map(({ path }) => path)).toEqual(['c.yaml']);
    expect(refused.map(({ path, parsed }) => [path, ...codesOf(parsed)])).toEqual([
      ['a.yaml', 'P107'],
      ['b.YML', 'P107'],
    ]);
    expect(judgeRevision(refused).uncertainPaths).toEqual(['a.yaml', 'b.YML']);
  });
});

describe('prototypes', () => {
  it('are not reached by any key', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const payloads = ['__proto__', '"__proto__"', '? __proto__\n:', 'constructor', 'prototype'];
    for (const key of payloads) {
      const text = toZoneTextOf(`${key}: {polluted: true, kind: Zone}`);
      expect(codesOf(parse(text))).toContain('P103');
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as { readonly polluted?: boolean }).polluted).toBeUndefined();
  });

  it('give nothing to labels that are called like their members', () => {
    const text = toDocument('Namespace', 'a', '{owners: [a]}').replace(
      'name: a',
      'name: a\n  labels: {toString: x, hasOwnProperty: y, valueOf: z}',
    );
    const judgement = judgeSmallRepo({ 'a.yaml': text });
    expect(judgement.diagnostics).toEqual([]);
    const labels = judgement.valid.find(({ ref }) => ref.name === 'a')?.labels;
    expect({ ...labels }).toEqual({ toString: 'x', hasOwnProperty: 'y', valueOf: 'z' });
  });
});
