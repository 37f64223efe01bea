import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createOciLayoutArtifactStore } from '../../reconciler/adapters/artifact-store/oci-layout/artifact-store.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import type { ModelManifest } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { RouteTable } from '../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { NodeConfig } from '../../reconciler/core/contracts/node-config.ts';
import { writeRouteFile } from '../../runners/serve/control/route-file.ts';
import { toRecord } from './serve-node.ts';

const MAIN = new URL('../../runners/serve/main.ts', import.meta.url);

/** The folders of one zone with what its nodes serve. */
export type ServingZone = {
  readonly folder: string;
  readonly publish: (model: Uint8Array, manifest: ModelManifest) => Promise<string>;
  /** Starts a node that has already kept a route table, and waits until it answers. */
  readonly startNode: (name: string, table: RouteTable | null) => Promise<NodeProcess>;
  /** Ends what still runs, and removes the folders. */
  readonly remove: () => Promise<void>;
};

export type NodeProcess = {
  readonly port: number;
  readonly pid: number;
  readonly child: ChildProcess;
  /** The exit code after SIGTERM; null when a signal ended it. */
  readonly terminate: () => Promise<number | null>;
};

export async function createServingZone(change: Partial<NodeConfig> = {}): Promise<ServingZone> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-node-'));
  const artifactsFolder = join(folder, 'artifacts');
  const store = createOciLayoutArtifactStore({
    folder: artifactsFolder,
    randomness: createSystemRandomness(),
  });
  const children = new Set<ChildProcess>();
  return {
    folder,
    async publish(model, manifest) {
      const modelFile = join(folder, `${manifest.sha256.slice(7)}.onnx`);
      await writeFile(modelFile, model);
      return (await store.publish({ manifest, modelFile, record: toRecord(manifest) })).version;
    },
    async startNode(name, table) {
      const nodeFolder = join(folder, name);
      await mkdir(nodeFolder, { recursive: true });
      if (table !== null) await writeRouteFile(join(nodeFolder, 'routes.json'), table);
      const config: NodeConfig = {
        v: 1,
        zone: 'ae',
        node: name,
        host: '127.0.0.1',
        port: 0,
        controlFile: join(folder, 'control.json'),
        artifactsFolder,
        nodeFolder,
        processesFolder: join(folder, 'processes'),
        build: 'test',
        ...change,
      };
      await writeFile(join(nodeFolder, 'config.json'), JSON.stringify(config));
      return startProcess(join(nodeFolder, 'config.json'), children);
    },
    async remove() {
      for (const child of children) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      await rm(folder, { recursive: true });
    },
  };
}

async function startProcess(configFile: string, children: Set<ChildProcess>): Promise<NodeProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN.pathname, configFile], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {},
  });
  children.add(child);
  const exited = once(child, 'exit').then(([code]) => {
    children.delete(child);
    return code as number | null;
  });
  return {
    port: await readPort(child),
    pid: child.pid as number,
    child,
    terminate() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** The log says when requests are answered; the rest of it is read so that the pipe stays empty. */
function readPort({ stderr }: ChildProcess): Promise<number> {
  if (stderr === null) throw new Error('the log is no pipe');
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const reader = createInterface({ input: stderr });
    reader.on('line', (line) => {
      lines.push(line);
      const port = /"event":"node-started".*"port":(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    reader.on('close', () => reject(new Error(`the node did not start:\n${lines.join('\n')}`)));
  });
}
