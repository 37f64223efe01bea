import { describe, expect, it } from 'vitest';
import { ENDPOINT, MODEL_FILES, RELEASE } from './model-repo.ts';
import { judgeSmallRepo } from './small-repo.ts';

function explain(path: keyof typeof MODEL_FILES, text: string): readonly string[] {
  return judgeSmallRepo({ ...MODEL_FILES, [path]: text })
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ message, hint, location }) => `${location.line}: ${message} | ${hint}`);
}

const LINES = ENDPOINT.trimEnd().split('\n').length;
const explainRollout = (...lines: readonly string[]) =>
  explain('endpoint.yaml', `${ENDPOINT.trimEnd()}\n${['  rollout:', ...lines].join('\n')}\n`).map(
    (text) => text.replace(/^\d+/, (line) => `+${Number(line) - LINES}`),
  );

describe('a rollout', () => {
  it('may have no steps, weights that grow, pauses and a judge', () => {
    expect(explainRollout('    steps: []')).toEqual([]);
    expect(
      explainRollout(
        '    steps: [{setWeight: 10}, {pause: 10m}, {waitFor: analysis}, {setWeight: 50}]',
        '    analysis: {}',
      ),
    ).toEqual([]);
  });

  it('has one field in each step', () => {
    expect(explainRollout('    steps:', '      - {}')).toEqual([
      '+3: the step says nothing | write `setWeight`, `pause` or `waitFor`',
    ]);
    expect(explainRollout('    steps:', '      - {setWeight: 5, pause: 1m}')).toEqual([
      '+3: a step with `setWeight` has no `pause` | make two steps of it, in the order in which they are to happen',
    ]);
  });

  it('has weights that grow, the first of them above 0', () => {
    expect(explainRollout('    steps:', '      - setWeight: 50', '      - setWeight: 10')).toEqual([
      '+4: a weight of 10 after one of 50: weights only grow | change or remove this step',
    ]);
    expect(explainRollout('    steps: [{setWeight: 0}]')).toHaveLength(1);
  });

  it('waits for no judge that it does not have, and has none without traffic', () => {
    expect(
      explainRollout('    steps:', '      - setWeight: 10', '      - waitFor: analysis'),
    ).toEqual([
      '+4: the step waits for an analysis, and the rollout has none | add `analysis: {}` to the rollout for the usual one',
    ]);
    expect(explainRollout('    steps: []', '    analysis: {}')).toEqual([
      '+2: there is an analysis, and no step gives the new version traffic to be judged by | add a step with `setWeight`, or leave the analysis out',
    ]);
  });
});

describe('a quarantine', () => {
  it('refuses the versions that it names', () => {
    const version = /sha256:[0-9a-f]{64}/.exec(RELEASE)?.[0] ?? '';
    const entry = `  quarantine: [{version: "${version}", runKey: "${version}", reason: it was slow}]`;
    expect(explain('release.yaml', `${RELEASE.trimEnd()}\n${entry}\n`)).toEqual([
      expect.stringMatching(
        /is in the quarantine of this release: "it was slow" \| release another version, or/,
      ),
    ]);
    const other = entry.replaceAll(version, `sha256:${'9'.repeat(64)}`);
    expect(explain('release.yaml', `${RELEASE.trimEnd()}\n${other}\n`)).toEqual([]);
  });
});

describe('a monitor', () => {
  const MONITOR = [
    'apiVersion: plumbline.dev/v1alpha1',
    'kind: Monitor',
    'metadata: {name: fraud, namespace: payments}',
    'spec:',
    '  endpoint: fraud',
    '',
  ].join('\n');
  const explainMonitor = (...lines: readonly string[]) =>
    judgeSmallRepo({ ...MODEL_FILES, 'monitor.yaml': `${MONITOR}${lines.join('\n')}\n` })
      .diagnostics.filter(({ severity }) => severity === 'error')
      .map(({ message }) => message);

  it('is content with an endpoint', () => {
    expect(explainMonitor()).toEqual([]);
    expect(explainMonitor('  falseAlarmBudget: {windows: 400}')).toEqual([]);
  });

  it('has one budget, that its windows can keep, and warns before it retrains', () => {
    const budget = 'a false-alarm budget is so many alarms a year, or one in so many windows';
    expect(explainMonitor('  falseAlarmBudget: {}')).toEqual([budget]);
    expect(explainMonitor('  falseAlarmBudget: {perYear: 1, windows: 9}')).toEqual([budget]);
    expect(explainMonitor('  falseAlarmBudget: {perYear: 400}', '  window: 1d')).toEqual([
      '400 alarms a year are more than there are windows of 1d',
    ]);
    expect(explainMonitor('  effect: {warn: 0.3}')).toEqual([
      'a drift begins at 0.25 nats, before a warning at 0.3',
    ]);
  });

  it('watches an endpoint that there is', () => {
    expect(explainMonitor('  description: x').length).toBe(0);
    const files = {
      ...MODEL_FILES,
      'monitor.yaml': MONITOR.replace('endpoint: fraud', 'endpoint: frau'),
    };
    expect(judgeSmallRepo(files).diagnostics.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('no Endpoint called "frau"'),
    );
  });
});
