import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryArtifactStore } from '../../reconciler/adapters/artifact-store/memory/artifact-store.ts';
import { createOciLayoutArtifactStore } from '../../reconciler/adapters/artifact-store/oci-layout/artifact-store.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import type { StoredVersion } from '../../reconciler/ports/artifact-store.ts';
import type { Randomness } from '../../reconciler/ports/randomness.ts';
import { makeContract, makeManifest, makeSigmoidModel } from '../support/onnx-models.ts';
import { makeRecord } from '../support/version-records.ts';
import { describeArtifactStore } from './artifact-store.contract.ts';

const folders: string[] = [];

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-artifacts-'));
  folders.push(folder);
  return folder;
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describeArtifactStore({
  name: 'memory',
  async create() {
    const versions = new Map<string, StoredVersion>();
    const models = new Map<string, Uint8Array>();
    const readModel = async (path: string) => models.get(path) ?? null;
    const open = () => createMemoryArtifactStore({ versions, readModel });
    return {
      store: open(),
      reopen: open,
      async writeModel(bytes) {
        const path = `/models/${models.size}`;
        models.set(path, bytes);
        return path;
      },
      readModel: async (path) => models.get(path) ?? new Uint8Array(),
      async damage(path) {
        const bytes = models.get(path) ?? new Uint8Array();
        models.set(path, Uint8Array.of(...bytes.slice(0, -1), 7));
      },
    };
  },
});

describeArtifactStore({
  name: 'OCI layout',
  async create() {
    const folder = await freshFolder();
    const inputs = await freshFolder();
    const open = () => openStore(join(folder, 'artifacts'));
    let written = 0;
    return {
      store: open(),
      reopen: open,
      async writeModel(bytes) {
        written += 1;
        const path = join(inputs, String(written));
        await writeFile(path, bytes);
        return path;
      },
      readModel: async (path) => new Uint8Array(await readFile(path)),
      async damage(path) {
        const bytes = await readFile(path);
        bytes[bytes.length - 1] = 7;
        await writeFile(path, bytes);
      },
    };
  },
});

function openStore(folder: string) {
  return createOciLayoutArtifactStore({ folder, randomness: createSystemRandomness() });
}

function makeModel(seed: number) {
  const model = makeSigmoidModel({ weights: [seed, 0.5], bias: 0 });
  return { model, manifest: makeManifest({ model, contract: makeContract(['a', 'b']), seed }) };
}

async function publishOne(seed = 1) {
  const folder = join(await freshFolder(), 'artifacts');
  const modelFile = join(await freshFolder(), 'model.onnx');
  const { model, manifest } = makeModel(seed);
  await writeFile(modelFile, model);
  const store = openStore(folder);
  const record = await store.publish({ manifest, modelFile, record: makeRecord(manifest) });
  return { folder, store, record, manifest, modelFile };
}

const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

describe('OCI layout on disk', () => {
  it('is what the image specification says, down to every digest and size', async () => {
    const { folder, record, manifest } = await publishOne();
    expect(await readJson(join(folder, 'oci-layout'))).toEqual({ imageLayoutVersion: '1.0.0' });
    const index = await readJson(join(folder, 'index.json'));
    expect(index.schemaVersion).toBe(2);
    expect(index.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(index.manifests).toHaveLength(2);
    const seen = new Set<string>();
    for (const descriptor of index.manifests) {
      expect(descriptor.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
      const image = JSON.parse((await readBlob(folder, descriptor)).toString());
      expect(image).toMatchObject({ schemaVersion: 2, mediaType: descriptor.mediaType });
      expect(image.artifactType).toBe(descriptor.artifactType);
      expect(image.layers.length).toBeGreaterThan(0);
      for (const one of [descriptor, image.config, ...image.layers]) {
        await readBlob(folder, one);
        seen.add(one.digest);
      }
    }
    expect(seen).toContain(record.version);
    expect(seen).toContain(manifest.sha256);
    const stored = await readdir(join(folder, 'blobs', 'sha256'));
    expect(stored.map((name) => `sha256:${name}`).sort()).toEqual([...seen].sort());
  });

  it('packs the model as ModelPack wants it, with the record as a referrer', async () => {
    const { folder, record, manifest } = await publishOne();
    const index = await readJson(join(folder, 'index.json'));
    const images = await Promise.all(
      index.manifests.map(async (one: Descriptor) =>
        JSON.parse((await readBlob(folder, one)).toString()),
      ),
    );
    const [version, referrer] = images;
    expect(version.artifactType).toBe('application/vnd.cncf.model.manifest.v1+json');
    expect(version.config.mediaType).toBe('application/vnd.cncf.model.config.v1+json');
    expect(version.layers[0]).toMatchObject({
      mediaType: 'application/vnd.cncf.model.weight.v1.raw',
      digest: manifest.sha256,
      annotations: { 'org.cncf.model.filepath': 'model.onnx' },
    });
    const config = JSON.parse((await readBlob(folder, version.config)).toString());
    expect(Object.keys(config).sort()).toEqual(['config', 'descriptor', 'modelfs']);
    expect(config.modelfs.diffIds).toEqual(version.layers.map((one: Descriptor) => one.digest));
    expect(referrer.subject).toMatchObject({ digest: record.version });
    expect(JSON.parse((await readBlob(folder, referrer.layers[0])).toString())).toEqual(record);
  });

  it('is readable by its owner alone and leaves nothing aside', async () => {
    const { folder } = await publishOne();
    expect((await stat(join(folder, 'index.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'blobs', 'sha256'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
  });

  it('is a valid layout wherever a publication dies, and the next one goes on', async () => {
    const { record, manifest, modelFile } = await publishOne();
    const input = { manifest, modelFile, record: makeRecord(manifest) };
    let step = 0;
    for (let isDone = false; !isDone; step += 1) {
      const folder = join(await freshFolder(), 'artifacts');
      const randomness = createDyingRandomness(step);
      isDone = await createOciLayoutArtifactStore({ folder, randomness })
        .publish(input)
        .then(
          () => true,
          () => false,
        );
      await expectWhole(folder);
      expect(await openStore(folder).publish(input)).toEqual(record);
      await expectWhole(folder);
      expect(await openStore(folder).find(record.version)).toMatchObject({ record, manifest });
    }
    // Eight blobs at most, the claim, and the index before and after.
    expect(step).toBeGreaterThan(9);
  });

  it('notices any blob that was changed, removed or replaced by a link', async () => {
    const { folder, store, record } = await publishOne();
    const names = await readdir(join(folder, 'blobs', 'sha256'));
    const empty = createHash('sha256').update('{}').digest('hex');
    for (const name of names.filter((one) => one !== empty)) {
      const path = join(folder, 'blobs', 'sha256', name);
      const bytes = await readFile(path);
      await writeFile(path, Buffer.concat([bytes.subarray(0, -1), Buffer.from('!')]));
      await expect(store.find(record.version)).rejects.toMatchObject({ code: 'P806' });
      await rm(path);
      await expect(store.find(record.version)).rejects.toMatchObject({ code: 'P806' });
      await symlink('/dev/zero', path);
      await expect(store.find(record.version)).rejects.toMatchObject({ code: 'P806' });
      await rm(path);
      await writeFile(path, bytes);
    }
    expect(await store.find(record.version)).toMatchObject({ record });
  });

  it('keeps no version back because another one is damaged', async () => {
    const { folder, record } = await publishOne(1);
    const [damaged = ''] = await readdir(join(folder, 'referrers'));
    const path = join(folder, 'referrers', damaged);
    const good = await readFile(path, 'utf8');
    const other = makeModel(2);
    await writeFile(join(folder, 'other.onnx'), other.model);
    const input = { manifest: other.manifest, modelFile: join(folder, 'other.onnx') };
    for (const text of ['no digest', `sha256:${'0'.repeat(64)}`]) {
      await writeFile(path, text);
      const store = openStore(folder);
      const published = await store.publish({ ...input, record: makeRecord(other.manifest) });
      expect(await store.list(null)).toEqual([published]);
      expect(await store.findByRun(record.runKey)).toBeNull();
      await expect(store.find(record.version)).rejects.toMatchObject({ code: 'P806' });
    }
    await writeFile(path, good);
    expect(await openStore(folder).findByRun(record.runKey)).toEqual(record);
  });

  it('says that a disk failed by its code, and that it may get better', async () => {
    const { modelFile, manifest } = await publishOne();
    const store = openStore(join(modelFile, 'below-a-file'));
    const input = { manifest, modelFile, record: makeRecord(manifest) };
    await expect(store.publish(input)).rejects.toMatchObject({ code: 'P806', remedy: 'retry' });
  });
});

/** Every file is written under a name by chance: without one, the process is as good as dead. */
function createDyingRandomness(afterCalls: number): Randomness {
  const real = createSystemRandomness();
  let calls = 0;
  return {
    bytes(length) {
      calls += 1;
      if (calls > afterCalls) throw new Error('the process died');
      return real.bytes(length);
    },
    fraction: () => real.fraction(),
  };
}

/** All that an index lists is there; before there is an index, there is no layout either. */
async function expectWhole(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (!names.includes('oci-layout')) return;
  const index = await readJson(join(folder, 'index.json'));
  for (const descriptor of index.manifests) {
    const image = JSON.parse((await readBlob(folder, descriptor)).toString());
    for (const one of [image.config, ...image.layers]) await readBlob(folder, one);
  }
}

type Descriptor = { readonly digest: string; readonly size: number };

async function readBlob(folder: string, { digest, size }: Descriptor): Promise<Buffer> {
  const bytes = await readFile(join(folder, 'blobs', 'sha256', digest.replace('sha256:', '')));
  expect(bytes.length).toBe(size);
  expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
  return bytes;
}
