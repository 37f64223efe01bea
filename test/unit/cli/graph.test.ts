import { describe, expect, it } from 'vitest';
import { createMemoryWorkingFolder } from '../../../reconciler/adapters/working-folder/memory/working-folder.ts';
import { createGraphCommand } from '../../../reconciler/cli/commands/graph.ts';
import { readFolderSource } from '../../../reconciler/cli/read-source.ts';
import type { SourceChoice } from '../../../reconciler/cli/revision-source.ts';
import { SMALL_REPO, toDocument, toTarget } from '../engine/zone-harness.ts';
import { createCommandIo } from './command-io.ts';

type Texts = Readonly<Record<string, string>>;

async function graph(files: Texts, ...args: readonly string[]) {
  const errors: string[] = [];
  const sources: SourceChoice[] = [];
  const { io, output } = createCommandIo({ writeError: (text) => errors.push(text) });
  const folder = createMemoryWorkingFolder();
  for (const [path, text] of Object.entries(files)) folder.write(path, Buffer.from(text));
  const command = createGraphCommand({
    readSource: async (source) => {
      sources.push(source);
      return readFolderSource(folder);
    },
  });
  return { code: await command.run(args, io), output: output(), errors: errors.join(''), sources };
}

const BROKEN = { 'targets/desk.yaml': toTarget('desk', 1).replace('process', 'magic') };

const NAMESAKES = {
  'namespaces/ae.yaml': toDocument('Namespace', 'ae', '{ owners: [a] }'),
};

describe('plumb graph', () => {
  it('draws the current folder, another one, or a commit', async () => {
    const whole = await graph(SMALL_REPO);
    expect(whole).toMatchObject({ code: 0, errors: '' });
    expect(whole.output).toContain('└─ zone ae');
    expect(whole.sources).toEqual([{ kind: 'folder', path: '/srv' }]);
    expect((await graph(SMALL_REPO, '--dir', 'there')).sources).toEqual([
      { kind: 'folder', path: 'there' },
    ]);
    expect((await graph(SMALL_REPO, '--commit', 'main')).sources).toMatchObject([
      { kind: 'commit', revision: 'main' },
    ]);
  });

  it('speaks Mermaid and JSON', async () => {
    expect((await graph(SMALL_REPO, '--format', 'mermaid')).output).toMatch(/^flowchart LR\n/);
    const { output } = await graph(SMALL_REPO, 'zone/ae', '--dependents', '--format', 'json');
    expect(JSON.parse(output)).toMatchObject({ v: 1, of: 'Zone/platform/ae' });
  });

  it('draws the valid part of an invalid repo, and says what it left out elsewhere', async () => {
    const { code, output, errors } = await graph({ ...SMALL_REPO, ...BROKEN }, '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(output).nodes.at(-1)).toMatchObject({ state: 'held-back' });
    expect(errors).toBe('1 held back, and what is named there left out; plumb validate says why\n');
  });

  it('fails when nothing is valid', async () => {
    const { code, errors } = await graph({ 'zones/ae.yaml': SMALL_REPO['zones/ae.yaml'] ?? '' });
    expect(code).toBe(1);
    expect(errors).toContain('nothing is valid; 1 held back');
    expect(await graph({})).toMatchObject({ code: 1, output: '' });
  });

  it('says that a file was not wholly read', async () => {
    const noise = { 'x.yaml': 'apiVersion: plumbline.dev/v1alpha1\nkind: [' };
    const { code, errors } = await graph({ ...SMALL_REPO, ...noise });
    expect(code).toBe(0);
    expect(errors).toBe('1 file not wholly read; plumb validate says why\n');
  });
});

describe('the resource that plumb graph is asked for', () => {
  it.each(['Zone/platform/ae', 'zone/platform/ae', 'zone/ae', 'platform/ae', 'ae'])(
    'may be called %s',
    async (name) => {
      expect((await graph(SMALL_REPO, name)).output).toMatch(/^zone ae \(ae\) {2}\S+:1\n$/);
    },
  );

  it('has a name that tells it from others', async () => {
    const files = { ...SMALL_REPO, ...NAMESAKES };
    await expect(graph(files, 'ae')).rejects.toMatchObject({
      code: 'P601',
      message: 'ae may be Namespace/platform/ae, Zone/platform/ae: name one',
    });
    expect((await graph(files, 'zone/ae')).output).toContain('zone ae');
  });

  it('is there, or the one that was probably meant is named', async () => {
    const messageOf = (name: string) =>
      graph(SMALL_REPO, name).then(
        () => 'found',
        (error: Error & { code: string }) => `${error.code} ${error.message}`,
      );
    expect(await messageOf('zoen/ae')).toBe(
      'P601 there is no resource zoen/ae here; did you mean Zone/platform/ae?',
    );
    expect(await messageOf('somewhere-else/ae')).toMatch('did you mean Zone/platform/ae?');
    expect(await messageOf('my-platform')).toBe(
      'P601 there is no resource my-platform here; a folder is named by --dir',
    );
    expect(await messageOf('a/b/c/d')).toMatch('P601 there is no resource');
  });

  it('is not held back: who depends on it would be missing', async () => {
    await expect(
      graph({ ...SMALL_REPO, ...BROKEN }, 'target/desk', '--dependents'),
    ).rejects.toMatchObject({
      code: 'P205',
      message: expect.stringContaining('Target/platform/desk is held back: '),
    });
  });

  it('is wanted where somebody asks for dependents; DIR and REV are not wanted both', async () => {
    await expect(graph(SMALL_REPO, '--dependents')).rejects.toMatchObject({ code: 'P601' });
    await expect(graph(SMALL_REPO, '--dir', 'a', '--commit', 'main')).rejects.toMatchObject({
      code: 'P601',
    });
  });
});
