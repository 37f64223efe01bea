import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';

export type RepoFile = { readonly path: string; readonly bytes: Uint8Array };

/** Two zones, and of every eight other resources one target, three environments, four namespaces. */
const ZONES = ['ae', 'eu'];
const EDITOR_LINE = '# yaml-language-server: $schema=../plumbline.schema.json';

/** A repo without a mistake, one resource a file, written as people write: comments, lists, maps. */
export function makeRepo(input: {
  readonly resources: number;
  readonly seed: number;
}): readonly RepoFile[] {
  const chance = createSeededRandomness(input.seed);
  const upTo = (count: number) => Math.floor(chance.fraction() * count);
  const files: RepoFile[] = [
    toFile('platform.yaml', 'Platform', 'bank', ['deletionCapPercent: 20', 'policies: [safety]']),
    ...ZONES.map((zone) =>
      toFile(`zones/${zone}.yaml`, 'Zone', zone, [`jurisdiction: ${zone.toUpperCase()}`]),
    ),
  ];
  for (let number = 0; files.length < input.resources; number += 1) {
    const group = Math.floor(number / 8);
    const zone = ZONES[group % ZONES.length] as string;
    files.push(makeMember(number, group, zone, upTo));
  }
  return files;
}

function makeMember(
  number: number,
  group: number,
  zone: string,
  upTo: (count: number) => number,
): RepoFile {
  const place = number % 8;
  if (place === 0) {
    const pools = Array.from({ length: 1 + upTo(4) }, (_, index) => toPool(index, upTo)).flat();
    const lines = [`zone: ${zone}`, 'executor: process', 'pools:', ...pools];
    return toFile(`targets/target-${group}.yaml`, 'Target', `target-${group}`, [
      ...lines,
      '# When this file is removed, the slots are kept.',
      'deletionPolicy: Retain',
    ]);
  }
  if (place < 4) {
    const name = `stage-${group}-${place}`;
    const from = place === 1 ? [] : [`promotesFrom: stage-${group}-${place - 1}`];
    const lines = [`zone: ${zone}`, `targets: [target-${group}]`, ...from];
    return toFile(`environments/${name}.yaml`, 'Environment', name, lines);
  }
  const owners = Array.from({ length: 1 + upTo(5) }, (_, index) => `  - team-${number}-${index}`);
  return toFile(`namespaces/team-${number}.yaml`, 'Namespace', `team-${number}`, [
    'owners:',
    ...owners,
  ]);
}

function toPool(index: number, upTo: (count: number) => number): readonly string[] {
  return [
    `  - name: pool-${index}`,
    `    device: ${upTo(2) === 0 ? 'cpu' : 'gpu'}`,
    `    slots: ${1 + upTo(16)}`,
    `    hourlyPriceUsd: ${upTo(1000) / 100}`,
  ];
}

function toFile(path: string, kind: string, name: string, spec: readonly string[]): RepoFile {
  const lines = [
    EDITOR_LINE,
    'apiVersion: plumbline.dev/v1alpha1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${name}`,
    '  labels:',
    `    team: ${name}-owners`,
    'spec:',
    `  description: The ${kind.toLowerCase()} ${name}, as its owners describe it.`,
    ...spec.map((line) => `  ${line}`),
    '',
  ];
  return { path, bytes: new TextEncoder().encode(lines.join('\n')) };
}
