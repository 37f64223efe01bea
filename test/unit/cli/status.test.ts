import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { createStatusCommand } from '../../../reconciler/cli/commands/status.ts';
import type { Diagnostic } from '../../../reconciler/core/spec/diagnostic.ts';
import type { Condition } from '../../../reconciler/core/status/condition.ts';
import type { SourceStatus, ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createCommandIo } from './command-io.ts';

const OLD = 'a'.repeat(40);
const TIP = 'b'.repeat(40);
const IN_FORCE: SourceStatus = { revision: TIP, judged: TIP, held: null, diagnostics: [] };
const READY: Condition = { type: 'Ready', status: 'True', reason: 'Converged', message: '' };

function toZone(change: Partial<ZoneStatus>, condition: Condition = READY): ZoneStatus {
  const ref = { kind: 'Target', namespace: 'platform', name: 'laptop' };
  return {
    zone: 'ae',
    role: 'leader',
    epoch: 1,
    source: IN_FORCE,
    isConverged: true,
    resources: [{ ref, conditions: [condition] }],
    trouble: null,
    ...change,
  };
}

function run(args: readonly string[], read: () => readonly ZoneStatus[]) {
  const clock = createSimulatedClock({ startAt: 0 });
  const { io, output } = createCommandIo();
  const command = createStatusCommand({
    clock,
    readStatus: async () => read(),
    readTip: async () => TIP,
  });
  return { clock, code: command.run(args, io), output };
}

const held = { revision: OLD, held: 'P205 frozen', diagnostics: [] };

describe('plumb status', () => {
  it.each<[string, readonly ZoneStatus[], number]>([
    ['everything is ready on the tip', [toZone({})], 0],
    ['there is no zone yet', [], 3],
    ['a zone is at work', [toZone({ isConverged: false })], 3],
    [
      'the tip is not in force yet',
      [toZone({ source: { ...IN_FORCE, revision: OLD, judged: OLD } })],
      3,
    ],
    ['the tip is held', [toZone({ source: { ...held, judged: TIP } })], 3],
    ['a resource is refused', [toZone({}, { ...READY, type: 'Stalled', reason: 'Refused' })], 3],
    ['a resource cannot be seen', [toZone({}, { ...READY, status: 'Unknown' })], 3],
    [
      'something is there that is not ours',
      [toZone({}, { ...READY, status: 'False', reason: 'Unmanaged' })],
      0,
    ],
  ])('exits as its help says when %s', async (_name, zones, code) => {
    expect(await run([], () => zones).code).toBe(code);
  });

  it('says what is to be mended first, and in one line what it holds back', async () => {
    const location = { path: 'z.yaml', line: 1, column: 1 };
    const toHeld = (what: string): Diagnostic => ({
      ...{ code: 'P205', severity: 'warning', message: `${what} waits`, location },
      heldBack: { what, by: 'target desk', at: location },
    });
    const error: Diagnostic = { code: 'P111', severity: 'error', message: 'a typo', location };
    const diagnostics = [toHeld('a'), toHeld('b'), error];
    const { code, output } = run([], () => [toZone({ source: { ...IN_FORCE, diagnostics } })]);
    await code;
    expect(output().split('\n').slice(2, 4)).toEqual([
      '  error    z.yaml:1:1 P111 a typo',
      '  warning  z.yaml:1:1 P205 target desk, which is invalid, holds back 2: a, b',
    ]);
  });

  const stalled: Condition = { ...READY, type: 'Stalled', reason: 'EffectFailed' };
  const waiting: Condition = { ...READY, type: 'Progressing', reason: 'WaitingForDependency' };
  const unmanaged: Condition = { ...READY, status: 'False', reason: 'Unmanaged' };

  it.each<[string, ZoneStatus, string]>([
    ['converged', toZone({}), ', converged\n'],
    ['converged beside what is not ours', toZone({}, unmanaged), ', converged\n'],
    ['working', toZone({ isConverged: false }, stalled), ', working\n'],
    ['at rest with what is stuck', toZone({}, stalled), ', at rest, 1 stalled\n'],
    ['at rest with what waits', toZone({}, waiting), ', at rest, 1 not ready\n'],
  ])('calls a zone %s', async (_name, zone, words) => {
    const { code, output } = run([], () => [zone]);
    await code;
    expect(output()).toContain(words);
  });

  it('lets no text of others write to the terminal', async () => {
    const message = '\u001b[2J\u202eowned\nzone ae: leader';
    const location = { path: 'a\u001b]0;owned\u0007.yaml', line: 1, column: 1 };
    const diagnostics: readonly Diagnostic[] = [
      { code: 'P112', severity: 'error', message, location },
    ];
    const { code, output } = run([], () => [
      toZone({ source: { ...IN_FORCE, diagnostics }, trouble: message }, { ...stalled, message }),
    ]);
    await code;
    expect(output()).not.toMatch(/[\p{Cc}\u202e](?<!\n)/u);
    expect(output().match(/^zone ae/gm)).toHaveLength(1);
  });

  it('tells programs nothing else than before', async () => {
    const { code, output } = run(['--format', 'json'], () => [toZone({}, stalled)]);
    expect(await code).toBe(3);
    expect(JSON.parse(output())).toEqual({ v: 1, zones: [toZone({}, stalled)] });
  });

  it('does not take the hold of an earlier commit for the judgement of this one', async () => {
    let zone = toZone({ source: { ...held, judged: OLD } });
    const { clock, code } = run(['--wait'], () => [zone]);
    await clock.advance(5_000);
    zone = toZone({});
    await clock.advance(5_000);
    expect(await code).toBe(0);
  });
});
