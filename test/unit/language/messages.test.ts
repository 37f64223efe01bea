import { describe, expect, it } from 'vitest';
import { MODEL_FILES, VIEW } from './model-repo.ts';
import { judgeSmallRepo, toDocument, toEnvironment, toTarget } from './small-repo.ts';

/** The messages and hints for one bad file in the small repo. */
function explain(text: string, path = 'new.yaml'): readonly string[] {
  return judgeSmallRepo({ [path]: text }).diagnostics.map(
    ({ message, hint }) => `${message} | ${hint ?? 'no hint'}`,
  );
}

describe('a message says what is wrong and what to do', () => {
  it('for a slip of the hand in a field', () => {
    expect(explain(toTarget('new', 'ae').replace('executor:', 'executer:'))).toEqual([
      'missing field "executor" in "spec" | How work is started: `process` runs it as processes of this machine. For example: "process"',
      'unknown field "executer" in "spec" | did you mean "executor"?',
    ]);
  });

  it('for a field that resembles none', () => {
    expect(explain(toDocument('Zone', 'x', '{jurisdiction: AE, replicas: 3}'), 'z.yaml')).toContain(
      'unknown field "replicas" in "spec" | known fields: description, jurisdiction, transfers',
    );
  });

  it('for a kind', () => {
    expect(explain(toDocument('Enviroment', 'x', '{}'))).toEqual([
      'unknown kind "Enviroment" | did you mean "Environment"?',
    ]);
    expect(explain(toDocument('Deployment', 'x', '{}'))).toEqual([
      'unknown kind "Deployment" | kinds: BatchPrediction, Connection, DataSource, Endpoint, Entity, Environment, FeatureView, Hold, Model, Monitor, Namespace, Platform, Policy, Release, Target, Trainer, Zone',
    ]);
  });

  it('for a choice', () => {
    expect(explain(toTarget('new', 'ae').replace('device: cpu', 'device: CPU'))).toEqual([
      '"spec.pools[0].device" must be one of cpu, gpu, but it is "CPU" | did you mean "cpu"?',
    ]);
  });

  it('for a type and a range', () => {
    const hint =
      'How many pieces of work may run in the pool at once; 0 closes the pool. For example: 4';
    expect(explain(toTarget('new', 'ae').replace('slots: 1', 'slots: one'))).toEqual([
      `"spec.pools[0].slots" must be a whole number, but it is "one" | ${hint}`,
    ]);
    expect(explain(toTarget('new', 'ae').replace('slots: 1', 'slots: 300'))).toEqual([
      `"spec.pools[0].slots" must be 256 or less, but it is 300 | ${hint}`,
    ]);
    expect(explain(toTarget('new', 'ae').replace('slots: 1', 'slots:'))).toEqual([
      `"spec.pools[0].slots" must be a whole number, but it is empty | ${hint}`,
    ]);
  });

  it('for a name', () => {
    expect(explain(toDocument('Namespace', 'Team_A', '{owners: [a]}'))).toEqual([
      '"metadata.name" must be a name, but it is "Team_A" | a name is 1 to 63 lower-case letters, digits and inner hyphens',
    ]);
    expect(explain(toDocument('Namespace', 'platform', '{owners: [a]}'))).toEqual([
      'no Namespace may be called "platform": the name is taken by the platform itself | choose another name',
    ]);
  });

  it('for the length of a list, and repeated items', () => {
    const [short] = explain(toDocument('Namespace', 'a', '{owners: []}'));
    expect(short).toMatch('"spec.owners" must be a list of 1 or more items, but it has 0 | ');
    const [repeated] = explain(toDocument('Namespace', 'a', '{owners: [x, x]}'));
    expect(repeated).toMatch(
      '"spec.owners" must be a list without repeated items, but it has some',
    );
  });

  it('for a name that nothing answers to', () => {
    expect(explain(toTarget('new', 'AE'))).toEqual([
      'there is no Zone called "AE" | did you mean "ae"?',
    ]);
    expect(explain(toEnvironment('new', 'ae', '[mainframe]'))).toEqual([
      'there is no Target called "mainframe" | there is: frankfurt, laptop',
    ]);
    const judgement = judgeSmallRepo({
      'zones/ae.yaml': '# plumbline.dev: [\n"',
      'targets/broken.yaml': 'apiVersion: plumbline.dev/v1alpha1\nkind: [',
      'environments/new.yaml': toEnvironment('new', 'eu', '[frankfrut-two]'),
    });
    expect(judgement.diagnostics.map(({ hint }) => hint)).toContain(
      'it may be in targets/broken.yaml, which could not be read',
    );
  });

  it('for the name of another kind, in the same namespace or of the platform', () => {
    expect(explain(toEnvironment('new', 'ae', '[dev]'))).toEqual([
      'there is no Target called "dev" | there is an Environment of this name, but a Target is meant here',
    ]);
    const view = VIEW.replace('entity: customer', 'entity: laptop').replace(
      'source: transactions',
      'source: fraud',
    );
    expect(
      judgeSmallRepo({ ...MODEL_FILES, 'view.yaml': view }).diagnostics.map(({ hint }) => hint),
    ).toEqual(
      expect.arrayContaining([
        'there is a Target of this name, but an Entity is meant here',
        'there is an Endpoint of this name, but a DataSource is meant here',
      ]),
    );
    const elsewhere = toDocument('Namespace', 'laptop', '{owners: [a]}');
    expect(explain(`${elsewhere}---\n${toTarget('new', 'laptop')}`)).toEqual([
      'there is no Zone called "laptop" | there is a Namespace of this name, but a Zone is meant here',
    ]);
  });

  it('for a circle, with the whole way around', () => {
    const judgement = judgeSmallRepo({
      'e.yaml': [
        toEnvironment('a', 'ae', '[laptop]', 'c'),
        toEnvironment('b', 'ae', '[laptop]', 'a'),
        toEnvironment('c', 'ae', '[laptop]', 'b'),
      ].join('---\n'),
    });
    const [circle] = judgement.diagnostics;
    expect(circle?.message).toBe(
      'these depend on each other in a circle: environment a → environment c → environment b → environment a',
    );
    expect(circle?.related?.map(({ location }) => location.line)).toEqual([17, 11]);
  });

  it('for a resource that is held back, with the way to the culprit', () => {
    const judgement = judgeSmallRepo({
      'targets/laptop.yaml': toTarget('laptop', 'ae').replace('slots: 1', 'slots: one'),
      'environments/prod.yaml': toEnvironment('prod', 'eu', '[frankfurt]', 'dev'),
    });
    expect(judgement.heldBack.map(({ ref, why }) => `${ref.name}: ${why}`)).toEqual([
      'dev: it depends on target laptop, which is invalid',
      'prod: it depends on environment dev → target laptop, which is invalid',
      'laptop: its document has a mistake',
    ]);
    expect(judgement.diagnostics[1]?.message).toBe(
      'environment prod is held back: it depends on environment dev → target laptop, which is invalid',
    );
  });

  it('without repeating hidden characters, or much, of what it was given', () => {
    const evil = `"${'\\e[2J'}\\u202e${'x'.repeat(5000)}"`;
    for (const text of [
      toDocument('Zone', evil, '{}'),
      toDocument(evil, 'x', '{}'),
      toDocument('Zone', 'x', `{${evil}: 1}`),
      toTarget('new', evil),
    ]) {
      for (const line of explain(text)) {
        expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
        expect(line.length).toBeLessThan(700);
      }
    }
  });
});
