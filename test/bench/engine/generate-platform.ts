import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A target costs folders on the disk, a namespace a row: a platform has many more teams. */
const TARGET_SHARE = 0.1;
const DOCUMENTS_PER_FILE = 50;

/** A folder with a platform of so many resources in one zone; the same count gives the same bytes. */
export async function generatePlatform(count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  const targets = Math.floor(count * TARGET_SHARE);
  const documents = [
    toDocument('Platform', 'bank', '{}'),
    toDocument('Zone', 'ae', '{ jurisdiction: AE }'),
    ...Array.from({ length: targets }, (_, index) => toTarget(`target-${index}`)),
    ...Array.from({ length: Math.max(0, count - targets - 2) }, (_, index) =>
      toDocument('Namespace', `team-${index}`, `{ owners: [group-${index}] }`),
    ),
  ];
  await mkdir(join(folder, 'resources'));
  for (let start = 0; start < documents.length; start += DOCUMENTS_PER_FILE) {
    const text = documents.slice(start, start + DOCUMENTS_PER_FILE).join('---\n');
    await writeFile(join(folder, 'resources', `part-${start}.yaml`), text);
  }
  return folder;
}

function toTarget(name: string): string {
  const pools = '[{ name: cpu, device: cpu, slots: 2 }]';
  return toDocument('Target', name, `{ zone: ae, executor: process, pools: ${pools} }`);
}

function toDocument(kind: string, name: string, spec: string): string {
  return [
    'apiVersion: plumbline.dev/v1alpha1',
    `kind: ${kind}`,
    `metadata: { name: ${name} }`,
    `spec: ${spec}`,
    '',
  ].join('\n');
}
