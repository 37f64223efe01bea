import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { createUpCommand, type RunningInstallation } from '../../../reconciler/cli/commands/up.ts';
import type { NodeAddress } from '../../../reconciler/cli/describe-ready.ts';
import { createOpened } from '../../../reconciler/cli/opened.ts';
import { serveZones } from '../../../reconciler/cli/serve-zones.ts';
import type { Condition } from '../../../reconciler/core/status/condition.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createCommandIo } from './command-io.ts';

const READY: Condition = { type: 'Ready', status: 'True', reason: 'Converged', message: 'as said' };

function makeZone(change: Partial<ZoneStatus> = {}): ZoneStatus {
  const toResource = (kind: string, condition: Condition) => ({
    ref: { kind, namespace: 'payments', name: 'fraud' },
    conditions: [condition],
  });
  return {
    zone: 'ae',
    role: 'leader',
    epoch: 1,
    source: { revision: 'a'.repeat(40), judged: 'a'.repeat(40), held: null, diagnostics: [] },
    isConverged: true,
    resources: [toResource('Model', READY), toResource('Endpoint', READY)],
    trouble: null,
    ...change,
  };
}

/** Runs until it has said that it is ready, and then asks it to stop. */
async function up(
  args: readonly string[],
  statuses: readonly ZoneStatus[],
  nodes: readonly NodeAddress[] = [],
) {
  const clock = createSimulatedClock({ startAt: 0 });
  const stop = new AbortController();
  const { io, output } = createCommandIo({ stop: stop.signal });
  const left = [...statuses];
  const running: RunningInstallation = {
    url: 'http://127.0.0.1:7171/',
    readStatus: () => [(left.length > 1 ? left.shift() : left[0]) as ZoneStatus],
    listNodes: async () => nodes,
    done: new Promise(() => undefined),
    stop: async () => undefined,
  };
  const command = createUpCommand({
    clock,
    exampleFolder: '/example',
    isInitialised: async () => true,
    initialise: async () => '',
    findRunning: async () => null,
    start: async () => running,
  });
  const code = command.run(args, io);
  for (let round = 0; !output().includes('\nready\n') && round < 100; round += 1) {
    await clock.advance(100);
  }
  stop.abort();
  await clock.advance(100);
  return { code: await code, output: output() };
}

describe('plumb up', () => {
  it('says where models are served, and when that is not where they should be', async () => {
    const nodes = [
      { zone: 'ae', url: 'http://127.0.0.1:7272' },
      { zone: 'eu', url: 'http://127.0.0.1:7273' },
    ];
    const { code, output } = await up([], [makeZone()], nodes);
    expect(code).toBe(0);
    expect(output).toContain('zone ae: models are served at http://127.0.0.1:7272\n');
    expect(output).toContain('at http://127.0.0.1:7273 (port 7272 was taken)\n');
    expect((await up(['--serve-port', '0'], [makeZone()], nodes)).output).not.toContain('taken');
  });

  it('suggests what there is to do with a model, each in one line with its purpose', async () => {
    const { output } = await up([], [makeZone()]);
    const [, list = ''] = output.split('what to try next, in another terminal:\n');
    const lines = list.split('\n\n')[0]?.split('\n') ?? [];
    for (const line of lines) expect(line).toMatch(/^ {2}(plumb|git|alias) .* {2}# \S/);
    for (const words of ['git clone', 'model list', 'pr list', 'predict payments/fraud']) {
      expect(lines.filter((line) => line.includes(words))).toHaveLength(1);
    }
    expect(output).toContain('once it is released');
    expect((await up([], [makeZone({ resources: [] })])).output).not.toContain('predict');
  });

  it('names the installation when it is not the one of this folder', async () => {
    expect((await up([], [makeZone()])).output).not.toContain('PLUMBLINE_STATE');
    const { output } = await up(['--state', '/elsewhere'], [makeZone()]);
    expect(output).toContain('export PLUMBLINE_STATE=/elsewhere');
  });

  it('says in a sentence what takes its time', async () => {
    const condition: Condition = {
      ...{ type: 'Progressing', status: 'True', reason: 'Queued' },
      message: 'its run sha256:1 waits for a free slot',
    };
    const resources = [
      { ref: { kind: 'Model', namespace: 'payments', name: 'fraud' }, conditions: [condition] },
    ];
    const { output } = await up([], [makeZone({ isConverged: false, resources }), makeZone()]);
    expect(output).toContain(
      'zone ae: model payments/fraud: its run sha256:1 waits for a free slot\n',
    );
  });
});

describe('an orderly stop', () => {
  it('suspends what goes on by itself once no zone is acted for, and before the rest', async () => {
    const story: string[] = [];
    const opened = createOpened();
    opened.add(async () => void story.push('the database stops'));
    const running = await serveZones({
      host: {
        status: () => [],
        run: (stop) =>
          new Promise((resolve) => {
            stop.addEventListener('abort', () => {
              story.push('the zones drain');
              resolve();
            });
          }),
      },
      server: {
        start: async () => ({ port: 7171 }),
        stop: async () => void story.push('the status page stops'),
      },
      announce: async () => undefined,
      listNodes: async () => [],
      afterDrain: async () => void story.push('trainings are suspended'),
      onStep: () => undefined,
      opened,
    });
    await running.stop();
    expect(story).toEqual([
      'the zones drain',
      'trainings are suspended',
      'the status page stops',
      'the database stops',
    ]);
  });

  it('leaves trainings of an earlier start alone when this one has not come about', async () => {
    const story: string[] = [];
    const opened = createOpened();
    const failing = serveZones({
      host: { status: () => [], run: async () => undefined },
      server: { start: () => Promise.reject(new Error('the port is taken')), stop: async () => {} },
      announce: async () => undefined,
      listNodes: async () => [],
      afterDrain: async () => void story.push('trainings are suspended'),
      onStep: () => undefined,
      opened,
    });
    await expect(failing).rejects.toThrow('the port is taken');
    await opened.closeAll();
    expect(story).toEqual([]);
  });
});
