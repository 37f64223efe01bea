import { describe, expect, it } from 'vitest';
import { shareMemory } from '../../../reconciler/adapters/runs/process/launch.ts';
import type { RunFiles } from '../../../reconciler/adapters/runs/process/run-files.ts';
import { createSupervisorSettings } from '../../../reconciler/adapters/runs/process/settings.ts';

const GIBIBYTE = 2 ** 30;
const settings = createSupervisorSettings({ maxMemoryBytes: 8 * GIBIBYTE });

async function share(slots: number): Promise<number> {
  const names = Array.from({ length: slots }, (_, slot) => String(slot).padStart(3, '0'));
  const listEntries: RunFiles['listEntries'] = async () => [
    { name: 'pool.json', type: 'file' },
    ...names.map((name) => ({ name, type: 'folder' as const })),
  ];
  const files = { listEntries } as unknown as RunFiles;
  return (await shareMemory({ files, settings }, '/zone/slots/000')).maxMemoryBytes;
}

describe('the memory of a run', () => {
  it('is its share of what all slots of the pool may use together', async () => {
    expect(await share(1)).toBe(8 * GIBIBYTE);
    expect(await share(4)).toBe(2 * GIBIBYTE);
  });

  it('is enough for a small training, however many slots there are', async () => {
    expect(await share(256)).toBe(GIBIBYTE / 2);
  });
});
