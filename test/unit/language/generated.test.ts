import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KINDS } from '../../../reconciler/core/spec/generated/kinds.generated.ts';
import { loadRevision } from '../../../reconciler/core/spec/load-revision.ts';
import { loadKindSchemas } from '../../../spec-schemas/generators/load-schemas.ts';
import { listFields } from '../../../spec-schemas/generators/walk-schema.ts';
import { anyDocuments } from './arbitrary-repo.ts';
import { judgeSmallRepo } from './small-repo.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('every schema', () => {
  const fields = loadKindSchemas().flatMap(({ kind, schema }) =>
    listFields(schema).map((field) => ({ ...field, kind })),
  );

  it('describes every field, and refuses fields that it does not know', () => {
    expect(fields.filter(({ schema }) => schema['description'] === undefined)).toEqual([]);
    const open = fields.filter(
      ({ schema }) =>
        schema['properties'] !== undefined && schema['additionalProperties'] !== false,
    );
    expect(open).toEqual([]);
    for (const { schema } of loadKindSchemas()) expect(schema['additionalProperties']).toBe(false);
  });

  it('gives an example for each field of a spec, and one that it accepts itself', () => {
    const ajv = new Ajv2020({ strict: false });
    const leaves = fields.filter(
      ({ pointer, schema }) =>
        pointer.startsWith('/spec/') &&
        !pointer.endsWith('/*') &&
        schema['x-effect'] !== 'none' &&
        schema['items'] === undefined,
    );
    expect(leaves.length).toBeGreaterThan(10);
    for (const { kind, pointer, schema } of leaves) {
      const examples = schema['examples'] as readonly unknown[];
      expect(examples?.length, `${kind}${pointer}`).toBeGreaterThan(0);
      for (const example of examples) expect(ajv.validate(schema, example)).toBe(true);
    }
  });
});

describe('the packs that a Platform may name', () => {
  it('are those that there are', () => {
    const packs = readdirSync(join(ROOT, 'policies'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const { policies } = KINDS.Platform.schema.properties?.['spec']?.properties ?? {};
    expect(policies?.items?.enum).toEqual(packs.sort());
  });
});

describe('every page', () => {
  it.each(loadKindSchemas().map(({ stem, kind }) => [kind, `spec-schemas/${stem}.md`]))(
    'of %s has an example without a mistake, and a row for each field',
    (kind, path) => {
      const page = read(path);
      const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
      const judgement = judgeSmallRepo({ 'example.yaml': example });
      const own = judgement.diagnostics.filter(
        ({ code, location }) => location.path === 'example.yaml' && !code.startsWith('P2'),
      );
      expect(own).toEqual([]);
      expect((parse(example) as { readonly kind: string }).kind).toBe(kind);
      expect(read('spec-schemas/README.md')).toContain(`\`${kind}\``);
      for (const field of Object.keys(
        KINDS[kind as 'Zone'].schema.properties?.['spec']?.properties ?? {},
      )) {
        expect(page).toContain(`\`spec.${field}\``);
      }
    },
  );
});

describe('the example platform repo', () => {
  it('has no mistake and no warning', () => {
    const names = readdirSync(join(ROOT, 'example-platform-repo'), { recursive: true }) as string[];
    const files = names
      .filter((name) => name.endsWith('.yaml'))
      .map((path) => ({
        path,
        bytes: new Uint8Array(readFileSync(join(ROOT, 'example-platform-repo', path))),
      }));
    const judgement = loadRevision(files);
    expect(judgement.diagnostics).toEqual([]);
    expect(judgement.valid).toHaveLength(files.length);
    expect(judgement.zones).toEqual(['ae', 'eu']);
  });
});

describe('the schema for editors', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const accepts = ajv.compile(JSON.parse(read('spec-schemas/plumbline.schema.json')) as object);

  it('accepts what the language accepts, field by field', () => {
    fc.assert(
      fc.property(anyDocuments, (documents) => {
        for (const one of documents) {
          const isKnown = !('unknownField' in one.spec);
          expect(accepts(structuredClone(one))).toBe(isKnown);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves documents of other APIs alone, and refuses unknown kinds', () => {
    expect(accepts({ apiVersion: 'apps/v1', kind: 'Deployment', anything: 1 })).toBe(true);
    expect(accepts({ services: {} })).toBe(true);
    const ours = { apiVersion: 'plumbline.dev/v1alpha1', metadata: { name: 'x' }, spec: {} };
    expect(accepts({ ...ours, kind: 'Targt' })).toBe(false);
    expect(accepts({ ...ours, kind: 'Platform' })).toBe(true);
  });
});

describe('the generator', () => {
  let copy = '';
  const generate = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'spec-schemas/generate.ts', ...args], {
      cwd: copy,
      encoding: 'utf8',
    });

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'plumbline-generate-'));
    for (const path of ['spec-schemas', 'example-platform-repo', 'reconciler/core']) {
      cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    }
    for (const file of ['package.json', 'tsconfig.json', '.biome.json', '.gitignore']) {
      cpSync(join(ROOT, file), join(copy, file));
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    execFileSync('git', ['init', '--quiet'], { cwd: copy });
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('lists what would change and nothing else, and puts it right when asked', () => {
    const types = 'reconciler/core/spec/generated/zone.generated.ts';
    const page = 'spec-schemas/zone.md';
    const leftover = 'reconciler/core/spec/generated/gone.generated.ts';
    const marker = '<!-- fields: generated by spec-schemas/generate.ts -->\n';
    writeFileSync(join(copy, types), `${read(types)}// by hand\n`);
    writeFileSync(join(copy, page), read(page).replace(marker, `${marker}by hand\n`));
    writeFileSync(join(copy, leftover), '');
    const { status, stderr } = generate('--check');
    expect(status).toBe(1);
    const [, ...listed] = stderr.trimEnd().split('\n');
    expect(listed.map((line) => line.trim()).sort()).toEqual([leftover, types, page]);
    expect(generate().status).toBe(0);
    for (const path of [types, page])
      expect(readFileSync(join(copy, path), 'utf8')).toBe(read(path));
    expect(existsSync(join(copy, leftover))).toBe(false);
  });
});
