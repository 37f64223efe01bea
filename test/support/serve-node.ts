import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryArtifactStore } from '../../reconciler/adapters/artifact-store/memory/artifact-store.ts';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemStopwatch } from '../../reconciler/adapters/clock/system/stopwatch.ts';
import { createMemoryLog, type MemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import type { ModelManifest } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type {
  EndpointRoute,
  RouteTable,
} from '../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { VersionRecord } from '../../reconciler/core/contracts/generated/version-record.generated.ts';
import type { StoredVersion } from '../../reconciler/ports/artifact-store.ts';
import {
  createServingNode,
  type ServingNode,
  type ServingNodeDeps,
} from '../../runners/serve/serving-node.ts';

/** A node in this process, with its models in processes of their own where they are long. */
export type TestNode = {
  readonly node: ServingNode;
  readonly port: number;
  readonly log: MemoryLog;
  readonly end: () => Promise<void>;
};

export const ENDPOINT = 'payments/fraud';
export const MODEL = 'payments.fraud';

const PROGRAM = new URL('../../runners/serve/models/model-program.ts', import.meta.url);

export const MODEL_PROCESS = { program: PROGRAM, execArgv: ['--import', 'tsx'] } as const;

const INLINE = { loadMs: 10_000, singleRowMs: 10_000, fullBatchMs: 10_000 } as const;
export const POOLED = { loadMs: 0, singleRowMs: 0, fullBatchMs: 0 } as const;

/** Model files of one test, published as versions. */
export type TestModels = {
  readonly publish: (model: Uint8Array, manifest: ModelManifest) => Promise<string>;
  readonly artifacts: ServingNodeDeps['artifacts'];
  readonly versions: Map<string, StoredVersion>;
  readonly remove: () => Promise<void>;
};

export async function createTestModels(): Promise<TestModels> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-serve-'));
  const versions = new Map<string, StoredVersion>();
  const store = createMemoryArtifactStore({ versions, readModel: (path) => readFile(path) });
  return {
    artifacts: store,
    versions,
    async publish(model, manifest) {
      const modelFile = join(folder, `${manifest.sha256.slice(7)}.onnx`);
      await writeFile(modelFile, model);
      return (await store.publish({ manifest, modelFile, record: toRecord(manifest) })).version;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

export async function startTestNode(
  deps: Pick<ServingNodeDeps, 'artifacts'> & Partial<ServingNodeDeps>,
): Promise<TestNode> {
  const clock = createSystemClock();
  const log = createMemoryLog({ clock });
  const node = createServingNode({
    onlineFeatures: { read: async () => [], readDefinition: async () => null },
    models: { process: MODEL_PROCESS, poolSize: 2, inlineBelow: INLINE },
    clock,
    stopwatch: createSystemStopwatch(),
    randomness: createSeededRandomness(1),
    log,
    host: '127.0.0.1',
    port: 0,
    build: 'test',
    ...deps,
  });
  const { port } = await node.start();
  const end = async () => {
    await node.stop();
    await node.close();
  };
  return { node, port, log, end };
}

export function makeRoute(change: Partial<EndpointRoute> = {}): EndpointRoute {
  return {
    endpoint: ENDPOINT,
    model: ENDPOINT,
    threshold: 0.5,
    batching: { maxBatchSize: 64, maxDelayMicroseconds: 0, maxQueueRows: 1024 },
    assignmentKey: 'a5'.repeat(32),
    versions: [],
    ...change,
  };
}

export function makeTable(revision: number, endpoints: readonly EndpointRoute[]): RouteTable {
  return { v: 1, zone: 'ae', revision, endpoints };
}

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, never>;
};

/** One request; a body is sent as JSON unless it is text already. */
export function ask(port: number, path: string, body?: unknown): Promise<Reply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const outgoing = httpRequest({ host: '127.0.0.1', port, path, method }, (incoming) => {
      let received = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode = 0, headers } = incoming;
        resolve({ status: statusCode, headers, body: JSON.parse(received) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : text);
  });
}

/** The usual body: one FP32 input with these rows. */
export function toInfer(rows: readonly (readonly (number | null)[])[], more: object = {}): object {
  const shape = [rows.length, rows[0]?.length ?? 0];
  const input = { name: 'features', shape, datatype: 'FP32', data: rows.flat() };
  return { inputs: [input], ...more };
}

export function toRecord(manifest: ModelManifest): Omit<VersionRecord, 'version'> {
  const { runKey, trainerDigest, seed } = manifest.training;
  return {
    v: 1,
    model: ENDPOINT,
    runKey,
    modelDigest: manifest.training.modelDigest,
    trainerDigest,
    snapshots: [],
    seed,
    attempts: 1,
    wallSeconds: 1,
    evaluation: {
      v: 1,
      runKey,
      rows: { train: 1, validation: 1, test: 1 },
      metrics: [],
      agreement: { rows: 1, largestDifference: 0, trainerAuc: 0.5, ourAuc: 0.5 },
      probe: { loadMs: 1, singleRowMs: 1 },
    },
    gates: [],
    publishedAt: '2026-06-01T00:00:00Z',
  };
}
