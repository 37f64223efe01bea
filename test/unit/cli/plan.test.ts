import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryWorkingFolder } from '../../../reconciler/adapters/working-folder/memory/working-folder.ts';
import { createPlanCommand } from '../../../reconciler/cli/commands/plan.ts';
import { readFolderSource } from '../../../reconciler/cli/read-source.ts';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import { referencesOf } from '../../../reconciler/core/graph/references.ts';
import { PLANNERS } from '../../../reconciler/core/plan/planners/planners.ts';
import { SMALL_REPO, toDocument, toTarget } from '../engine/zone-harness.ts';
import { createCommandIo } from './command-io.ts';

async function plan(files: Readonly<Record<string, string>>, args: readonly string[]) {
  const { io, output } = createCommandIo();
  const policyDigest = digestText('none');
  const folder = createMemoryWorkingFolder();
  for (const [path, text] of Object.entries(files)) folder.write(path, Buffer.from(text));
  const command = createPlanCommand({
    clock: createSimulatedClock({ startAt: 0 }),
    planners: PLANNERS,
    referencesOf,
    readSource: async () => readFolderSource(folder),
    openPolicyGate: async () => ({
      judge: async () => ({ policyDigest, denied: new Map(), warnings: [] }),
      close: async () => undefined,
    }),
    readLive: async () => null,
  });
  return { code: await command.run(args, io), output: output() };
}

describe('plumb plan', () => {
  it('says that changes are pending', async () => {
    const { code, output } = await plan(SMALL_REPO, ['folder']);
    expect(output).toContain('3 to create');
    expect(code).toBe(2);
  });

  it('fails when something is invalid, although the rest would come into force', async () => {
    const mistake = toTarget('desk', 1).replace('executor: process', 'executor: magic');
    const { code, output } = await plan({ ...SMALL_REPO, 'targets/desk.yaml': mistake }, [
      'folder',
    ]);
    expect(output).toContain('P113');
    expect(output).toContain('3 to create');
    expect(code).toBe(1);
  });

  it('names what waits in its own zone alone, with why, and once', async () => {
    const inEurope = (text: string) => text.replace('zone: ae', 'zone: eu');
    const repo = {
      ...SMALL_REPO,
      'zones/eu.yaml': (SMALL_REPO['zones/ae.yaml'] ?? '').replaceAll('ae', 'eu'),
      'targets/desk.yaml': inEurope(toTarget('desk', 1)),
      'environments/test.yaml': toDocument(
        'Environment',
        'test',
        '{ zone: eu, targets: [nothing] }',
      ),
      'namespaces/team.yaml': toDocument('Namespace', 'team', '{ owners: [a] }'),
      'endpoints/one.yaml': toDocument(
        'Endpoint',
        'one',
        '{ model: gone, environment: test }',
      ).replace('{ name: one }', '{ name: one, namespace: team }'),
    };
    const { output } = await plan(repo, ['folder']);
    const [, ae = '', eu = ''] = output.split(/^zone /m);
    expect(ae).not.toContain('  = ');
    const held = eu.split('\n').filter((line) => line.startsWith('  = '));
    expect(held).toEqual([
      expect.stringMatching(/^ {2}= endpoint team\/one is not made yet: /),
      expect.stringMatching(/^ {2}= environment test is not made yet: .*nothing/),
    ]);
    expect(output).not.toContain('Environment/platform/test');
  });

  it('refuses a zone that is not declared, and names those that are', async () => {
    await expect(plan(SMALL_REPO, ['folder', '--zone', 'nowhere'])).rejects.toMatchObject({
      code: 'P601',
      message: expect.stringContaining('no zone nowhere is declared, only ae'),
    });
  });
});
