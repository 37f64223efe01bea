import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFiles } from '../../../reconciler/adapters/executor/process/files.ts';
import { isLatestWhole } from '../../../reconciler/adapters/runs/process/checkpoints.ts';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import { isJsonObject, type JsonObject } from '../../../reconciler/core/contracts/json.ts';
import { checkContract } from '../../../reconciler/core/contracts/parse-contract.ts';
import type { RunFacts } from '../../../reconciler/core/runs/run-environment.ts';

const PAGE = readFileSync(new URL('../../../runners/train/README.md', import.meta.url), 'utf8');

/** The page's example that has this field. */
function findExample(field: string): JsonObject {
  const blocks = [...PAGE.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) =>
    JSON.parse(text),
  );
  const found: unknown = blocks.find((block) => isJsonObject(block) && field in block);
  if (!isJsonObject(found)) throw new Error(`the page has no example with ${field}`);
  return found;
}

type Latest = JsonObject & {
  readonly path: string;
  readonly specDigest: string;
  readonly snapshotDigest: string;
  readonly seed: number;
};

describe('the page for writers of trainers', () => {
  it('shows a manifest that is taken as it is', () => {
    const manifest = findExample('manifestVersion');
    expect(checkContract('TrainerManifest', manifest)).toEqual({ state: 'valid', value: manifest });
  });

  it('shows a LATEST that is gone on from', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-trainer-page-'));
    try {
      const latest = findExample('specDigest') as Latest;
      mkdirSync(join(folder, latest.path));
      writeFileSync(join(folder, latest.path, 'state.json'), '{}');
      const files = { 'state.json': digestText('{}') };
      writeFileSync(join(folder, 'LATEST'), JSON.stringify({ ...latest, files }));
      const digests = { spec: latest.specDigest, snapshot: latest.snapshotDigest };
      const run = { digests, seed: latest.seed } as RunFacts;
      expect(await isLatestWhole(createFiles(), folder, run)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
