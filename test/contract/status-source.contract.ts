import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../reconciler/core/status/zone-status.ts';
import type { StatusSource } from '../../reconciler/ports/status-source.ts';

export const ZONES: readonly ZoneStatus[] = [
  {
    zone: 'ae',
    role: 'leader',
    epoch: 3,
    source: { revision: 'a'.repeat(40), judged: 'a'.repeat(40), held: null, diagnostics: [] },
    isConverged: true,
    resources: [
      {
        ref: { kind: 'Target', namespace: 'platform', name: 'laptop' },
        conditions: [
          { type: 'Ready', status: 'True', reason: 'Converged', message: 'live equals desired' },
        ],
      },
    ],
    trouble: null,
  },
];

/** `withRunning` runs the body while a reconciler with ZONES answers on the port given to it. */
export function describeStatusSource(input: {
  readonly name: string;
  readonly withRunning: (
    body: (source: StatusSource, port: number) => Promise<void>,
  ) => Promise<void>;
  readonly unusedPort: () => Promise<number>;
}): void {
  describe(`status source: ${input.name}`, () => {
    it('gives the status of the reconciler that runs there', async () => {
      await input.withRunning(async (source, port) => {
        expect(await source.read(port)).toEqual(ZONES);
      });
    });

    it('gives null where nothing runs', async () => {
      await input.withRunning(async (source) => {
        expect(await source.read(await input.unusedPort())).toBeNull();
      });
    });
  });
}
