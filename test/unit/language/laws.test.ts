import { utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { toCanonicalJson } from '../../../reconciler/core/contracts/canonical-json.ts';
import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { listReferences } from '../../../reconciler/core/graph/references.ts';
import { findKind } from '../../../reconciler/core/spec/identify.ts';
import {
  judgeRevision,
  type RevisionJudgement,
} from '../../../reconciler/core/spec/judge-revision.ts';
import type { KindFacts } from '../../../reconciler/core/spec/kind-facts.ts';
import { normaliseSpec } from '../../../reconciler/core/spec/normalise.ts';
import { parseFile } from '../../../reconciler/core/spec/parse-file.ts';
import type { ParsedFile } from '../../../reconciler/core/spec/parsed-file.ts';
import type { AnyDocument } from './any-document.ts';
import { anyDocuments, anyLayout, toFiles } from './arbitrary-repo.ts';
import { type Files, judge } from './small-repo.ts';

const RUNS = { numRuns: 25 };

function toForms(judgement: RevisionJudgement): readonly string[] {
  return judgement.valid.map(({ form }) => toCanonicalJson(form)).sort();
}

function toKeys(resources: readonly { readonly ref: Parameters<typeof toRefKey>[0] }[]) {
  return resources.map(({ ref }) => toRefKey(ref));
}

function toDocumentKey({ kind, metadata }: AnyDocument): string {
  return `${kind}/${String(metadata['namespace'] ?? 'platform')}/${String(metadata['name'])}`;
}

describe('the same documents', () => {
  it('mean the same in any file, order of keys and style', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, anyLayout, (documents, one, other) => {
        const left = judge(toFiles(documents, one));
        const right = judge(toFiles(documents, other));
        expect(toForms(right)).toEqual(toForms(left));
        expect(toKeys(right.heldBack)).toEqual(toKeys(left.heldBack));
        expect(right.frozen).toBe(left.frozen);
        expect(right.diagnostics.map(({ code }) => code).sort()).toEqual(
          left.diagnostics.map(({ code }) => code).sort(),
        );
      }),
      RUNS,
    );
  });

  it('are judged the same in any order of files and documents', () => {
    fc.assert(
      fc.property(
        anyDocuments,
        fc.infiniteStream(fc.nat()),
        anyLayout,
        (documents, dice, layout) => {
          const order = documents.map((one) => [dice.next().value as number, one] as const);
          const shuffled = [...order].sort(([a], [b]) => a - b).map(([, one]) => one);
          const left = judge(toFiles(documents, layout));
          const right = judge(toFiles(shuffled, layout));
          expect(toForms(right)).toEqual(toForms(left));
          const files = Object.entries(toFiles(documents, layout));
          expect(judge(Object.fromEntries(files.reverse()) as Files)).toEqual(left);
        },
      ),
      RUNS,
    );
  });
});

describe('validity', () => {
  it('divides the resources, and what is valid stands only on what is valid', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, (documents, layout) => {
        const judgement = judge(toFiles(documents, layout));
        const valid = toKeys(judgement.valid);
        const all = [...new Set(documents.map(toDocumentKey))].sort();
        expect([...valid, ...toKeys(judgement.heldBack)].sort()).toEqual(all);
        for (const [index, resource] of judgement.valid.entries()) {
          for (const { to } of listReferences(resource)) {
            const at = valid.indexOf(toRefKey(to));
            expect(at).toBeGreaterThanOrEqual(0);
            expect(at).toBeLessThan(index);
          }
        }
      }),
      RUNS,
    );
  });

  it('does not depend on what is held back: without it, the rest is valid and whole', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, (documents, layout) => {
        const judgement = judge(toFiles(documents, layout));
        const heldBack = new Set<string>(toKeys(judgement.heldBack));
        const rest = documents.filter((one) => !heldBack.has(toDocumentKey(one)));
        const again = judge(toFiles(rest, layout));
        expect(again.diagnostics).toEqual([]);
        expect(toForms(again)).toEqual(toForms(judgement));
      }),
      RUNS,
    );
  });

  it('gives a reason for each that is held back: an error of its own, or a warning', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, (documents, layout) => {
        const { heldBack, diagnostics } = judge(toFiles(documents, layout));
        expect(heldBack.length > 0).toBe(diagnostics.length > 0);
        const waiting = heldBack.filter(({ why }) => why.startsWith('it depends on '));
        const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
        expect(warnings.map(({ code }) => code)).toEqual(waiting.map(() => 'P205'));
      }),
      RUNS,
    );
  });

  it('holds back more, never less, when one more resource is spoilt', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, fc.nat(), (documents, layout, dice) => {
        const index = 4 + (dice % Math.max(1, documents.length - 4));
        const spoilt = documents.map((one, at) =>
          at === index ? { ...one, spec: { ...one.spec, unknownField: 1 } } : one,
        );
        const before = new Set<string>(toKeys(judge(toFiles(documents, layout)).valid));
        const after = toKeys(judge(toFiles(spoilt, layout)).valid);
        expect(after.filter((key) => !before.has(key))).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('the normal form', () => {
  it('is its own normal form, and a document that is written from it means the same', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, (documents, layout) => {
        const { valid } = judge(toFiles(documents, layout));
        for (const { form, ref, spec } of valid) {
          const facts = findKind(ref.kind) as KindFacts;
          expect(normaliseSpec(facts, form.spec)).toEqual(form.spec);
          expect(normaliseSpec(facts, spec)).toEqual(form.spec);
        }
        const written = valid.map(({ form }) => stringify(form)).join('---\n');
        const again = judge({ 'all.yaml': written });
        expect(again.diagnostics).toEqual([]);
        expect(toForms(again)).toEqual(valid.map(({ form }) => toCanonicalJson(form)).sort());
      }),
      RUNS,
    );
  });
});

describe('a parsed file', () => {
  it('survives a cache as JSON', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, (documents, layout) => {
        const parsed = Object.entries(toFiles(documents, layout)).map(([path, text]) => ({
          path,
          parsed: parseFile(utf8ToBytes(text as string)),
        }));
        const revived = JSON.parse(JSON.stringify(parsed)) as typeof parsed;
        expect(judgeRevision(revived)).toEqual(judgeRevision(parsed));
      }),
      RUNS,
    );
  });
});

function expectSound(text: string, parsed: ParsedFile): void {
  const lines = text.split('\n');
  for (const { position, message } of parsed.diagnostics) {
    expect(position[0]).toBeLessThanOrEqual(lines.length);
    expect(position[1]).toBeLessThanOrEqual((lines[position[0] - 1] ?? '').length + 1);
    expect(message).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
  }
  for (const { ref, form } of parsed.documents) expect(toCanonicalJson(form)).toContain(ref.name);
  expect(parsed.broken.length > 0).toBe(parsed.diagnostics.length > 0);
  judgeRevision([{ path: 'x.yaml', parsed }]);
}

const MARK = '# plumbline.dev\n';

describe('hostile content', () => {
  it('of any bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const bytes = Uint8Array.from([...utf8ToBytes(MARK), ...noise]);
        const parsed = parseFile(bytes);
        judgeRevision([{ path: 'x.yaml', parsed }]);
        expect(parsed.isForeign).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  const piece = fc.constantFrom(
    ...['[', ']', '{', '}', '- ', '? ', ': ', ', ', '\n', '\n  ', '\n    ', '&a ', '*a ', '!t '],
    ...['|\n', '>\n', '"', "'", '#', ' ', '\t', '---\n', '...\n', '%', '<<', '@', '`', '\\', '\0'],
    ...[
      'a',
      'apiVersion: plumbline.dev/v1alpha1\n',
      'kind: Zone\n',
      'metadata: ',
      'name: x',
      '\u202e',
    ],
    ...[
      'spec: ',
      '.inf',
      '1e999',
      '0x10',
      '~',
      '__proto__',
      '\ud83d\ude00',
      '\u0085',
      '\ufeff',
      '\r',
    ],
  );

  it('of any pieces of YAML never throws, and is reported inside the file', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = MARK + pieces.join('');
        expectSound(text, parseFile(utf8ToBytes(text)));
      }),
      { numRuns: 1_000 },
    );
  });

  it('of a good repo with any cut and any insertion never throws', () => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.array(piece, { maxLength: 4 }));
    fc.assert(
      fc.property(anyDocuments, anyLayout, change, (documents, layout, [at, length, pieces]) => {
        for (const text of Object.values(toFiles(documents, layout)) as readonly string[]) {
          const start = at % (text.length + 1);
          const cut = MARK + text.slice(0, start) + pieces.join('') + text.slice(start + length);
          expectSound(cut, parseFile(utf8ToBytes(cut)));
        }
      }),
      { numRuns: 60 },
    );
  });
});
