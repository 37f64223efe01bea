import { describe, expect, it } from 'vitest';
import type { ModelManifest } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { ArtifactStore } from '../../reconciler/ports/artifact-store.ts';
import { makeContract, makeManifest, makeSigmoidModel } from '../support/onnx-models.ts';
import { makeRecord } from '../support/version-records.ts';

export type ArtifactStoreSubject = {
  readonly name: string;
  create(): Promise<{
    readonly store: ArtifactStore;
    /** Another handle on the same artifacts. */
    readonly reopen: () => ArtifactStore;
    /** Puts a model's bytes somewhere and returns the path. */
    readonly writeModel: (bytes: Uint8Array) => Promise<string>;
    readonly readModel: (path: string) => Promise<Uint8Array>;
    /** Changes one byte of a stored model. */
    readonly damage: (modelFile: string) => Promise<void>;
  }>;
};

type Made = { readonly manifest: ModelManifest; readonly model: Uint8Array };

function make(seed: number): Made {
  const model = makeSigmoidModel({ weights: [seed, 0.5], bias: 0 });
  return { model, manifest: makeManifest({ model, contract: makeContract(['a', 'b']), seed }) };
}

export function describeArtifactStore(subject: ArtifactStoreSubject): void {
  describe(`artifact store: ${subject.name}`, () => {
    it('gives back what was published, through another handle too', async () => {
      const { store, reopen, writeModel, readModel } = await subject.create();
      const { manifest, model } = make(1);
      const modelFile = await writeModel(model);
      const record = await store.publish({ manifest, modelFile, record: makeRecord(manifest) });
      expect(record).toEqual({ ...makeRecord(manifest), version: record.version });
      for (const handle of [store, reopen()]) {
        const found = await handle.find(record.version);
        expect(found).toMatchObject({ record, manifest });
        expect(await readModel(found?.modelFile ?? '')).toEqual(model);
      }
    });

    it('names the same bytes by the same digest, and others by another one', async () => {
      const [here, there] = [await subject.create(), await subject.create()];
      const { manifest, model } = make(1);
      const publish = async ({ store, writeModel }: typeof here, one: ModelManifest) => {
        const modelFile = await writeModel(model);
        return (await store.publish({ manifest: one, modelFile, record: makeRecord(one) })).version;
      };
      const version = await publish(here, manifest);
      expect(version).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await publish(there, manifest)).toBe(version);
      const batching = { dynamicBatchAxis: 0, maxBatchSize: 8 } as const;
      expect(await publish(here, { ...manifest, batching })).not.toBe(version);
    });

    it('keeps the first record of a version', async () => {
      const { store, writeModel } = await subject.create();
      const { manifest, model } = make(1);
      const modelFile = await writeModel(model);
      const first = await store.publish({ manifest, modelFile, record: makeRecord(manifest) });
      const again = await store.publish({
        manifest,
        modelFile,
        record: makeRecord(manifest, { attempts: 9, publishedAt: '2027-01-01T00:00:00.000Z' }),
      });
      expect(again).toEqual(first);
      expect(await store.list(null)).toEqual([first]);
    });

    it('agrees on one record when two publish at once', async () => {
      const { store, reopen, writeModel } = await subject.create();
      const { manifest, model } = make(1);
      const modelFile = await writeModel(model);
      const records = await Promise.all(
        [store, reopen(), store, reopen()].map((handle, index) =>
          handle.publish({
            manifest,
            modelFile,
            record: makeRecord(manifest, { attempts: index + 1 }),
          }),
        ),
      );
      expect(new Set(records.map(({ attempts }) => attempts)).size).toBe(1);
      expect(await reopen().list(null)).toEqual([records[0]]);
    });

    it('takes different versions at once', async () => {
      const { store, reopen, writeModel } = await subject.create();
      const versions = await Promise.all(
        [1, 2, 3, 4].map(async (seed) => {
          const { manifest, model } = make(seed);
          const handle = seed % 2 === 0 ? store : reopen();
          const modelFile = await writeModel(model);
          const record = makeRecord(manifest);
          return (await handle.publish({ manifest, modelFile, record })).version;
        }),
      );
      const listed = (await store.list(null)).map(({ version }) => version);
      expect(listed).toEqual([...versions].sort());
    });

    it('does not know what was never published', async () => {
      const { store } = await subject.create();
      expect(await store.find(`sha256:${'0'.repeat(64)}`)).toBeNull();
      expect(await store.find('../../etc/passwd')).toBeNull();
      expect(await store.findByRun(`sha256:${'0'.repeat(64)}`)).toBeNull();
      expect(await store.list(null)).toEqual([]);
    });

    it('finds the version of a run', async () => {
      const { store, writeModel } = await subject.create();
      for (const seed of [1, 2, 3]) {
        const { manifest, model } = make(seed);
        const modelFile = await writeModel(model);
        await store.publish({ manifest, modelFile, record: makeRecord(manifest) });
      }
      const { runKey } = make(2).manifest.training;
      expect(await store.findByRun(runKey)).toMatchObject({ runKey, seed: 2 });
    });

    it('lists the newest first, of one model or of all', async () => {
      const { store, writeModel } = await subject.create();
      const publish = async (seed: number, model: string, day: number) => {
        const made = make(seed);
        const publishedAt = `2026-06-0${day}T00:00:00.000Z`;
        const modelFile = await writeModel(made.model);
        const record = makeRecord(made.manifest, { model, publishedAt });
        await store.publish({ manifest: made.manifest, modelFile, record });
      };
      await publish(1, 'payments/fraud', 2);
      await publish(2, 'payments/fraud', 3);
      await publish(3, 'payments/churn', 1);
      expect((await store.list('payments/fraud')).map(({ seed }) => seed)).toEqual([2, 1]);
      expect((await store.list(null)).map(({ seed }) => seed)).toEqual([2, 1, 3]);
      expect(await store.list('payments/none')).toEqual([]);
    });

    it('refuses a model that is not the one of its manifest, and keeps nothing of it', async () => {
      const { store, writeModel } = await subject.create();
      const { manifest, model } = make(1);
      const record = makeRecord(manifest);
      const others = [make(2).model, model.slice(0, -1), Uint8Array.of(...model, 0)];
      for (const other of others) {
        const modelFile = await writeModel(other);
        const published = store.publish({ manifest, modelFile, record });
        await expect(published).rejects.toMatchObject({ code: 'P806' });
      }
      expect(await store.list(null)).toEqual([]);
    });

    it('notices that a model has other bytes by now', async () => {
      const { store, reopen, writeModel, damage } = await subject.create();
      const { manifest, model } = make(1);
      const modelFile = await writeModel(model);
      const record = await store.publish({ manifest, modelFile, record: makeRecord(manifest) });
      await damage((await store.find(record.version))?.modelFile ?? '');
      for (const handle of [store, reopen()]) {
        await expect(handle.find(record.version)).rejects.toMatchObject({ code: 'P806' });
      }
    });
  });
}
