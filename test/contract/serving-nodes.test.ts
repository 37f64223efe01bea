import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createFileProcessRegistry } from '../../reconciler/adapters/process-registry/file/process-registry.ts';
import { createMemoryNodeMachine } from '../../reconciler/adapters/serving-nodes/memory/machine.ts';
import { createMemoryServingNodes } from '../../reconciler/adapters/serving-nodes/memory/serving-nodes.ts';
import { listPorts } from '../../reconciler/adapters/serving-nodes/process/node-ports.ts';
import { createProcessServingNodes } from '../../reconciler/adapters/serving-nodes/process/serving-nodes.ts';
import { describeServingNodes } from './serving-nodes.contract.ts';

const clock = createSystemClock();
const identity = createSystemProcessIdentity();
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const SCRIPT = fileURLToPath(new URL('../support/serving-node-child.ts', import.meta.url));
const PROGRAM = [process.execPath, '--import', TSX, SCRIPT];

async function createInstallation() {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-nodes-'));
  const nodeFolder = join(folder, 'node');
  const otherFolder = join(folder, 'other');
  const processesFolder = join(folder, 'processes');
  const registry = createFileProcessRegistry({ folder: processesFolder, identity, clock });
  const open = (
    build: string,
    change: { port?: number; startMs?: number; program?: readonly string[] } = {},
  ) =>
    createProcessServingNodes({
      program: change.program ?? PROGRAM,
      listOtherFolders: async () => [otherFolder],
      config: {
        ...{ zone: 'ae', host: '127.0.0.1', port: change.port ?? 0, build, nodeFolder },
        controlFile: join(folder, 'control.json'),
        artifactsFolder: join(folder, 'artifacts'),
        processesFolder,
      },
      ...{ registry, clock, limitsMs: { start: change.startMs ?? 60_000, grace: 20_000 } },
    });
  return {
    ...{ folder, nodeFolder, otherFolder, open },
    async close() {
      await registry.stop('serve-ae', 5_000);
      await rm(folder, { recursive: true, maxRetries: 3 });
    },
  };
}

describeServingNodes({
  name: 'processes',
  async create() {
    const installation = await createInstallation();
    const { nodeFolder, open, close } = installation;
    const isRunning = async (pid: number) => (await identity.readIdentity(pid)) !== null;
    return {
      ...{ open, close, isRunning },
      async crash(pid) {
        process.kill(pid, 'SIGKILL');
        await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false), 10_000);
      },
      async complain(complaint) {
        await mkdir(nodeFolder, { recursive: true });
        const path = join(nodeFolder, 'complaint');
        if (complaint === null) await rm(path);
        else await writeFile(path, complaint);
      },
    };
  },
});

describeServingNodes({
  name: 'memory',
  async create() {
    const machine = createMemoryNodeMachine();
    const isRunning = (pid: number) => [...machine.nodes.values()].some((node) => node.pid === pid);
    return {
      open: (build) => createMemoryServingNodes({ zone: 'ae', build, machine }),
      async crash(pid) {
        for (const [name, node] of machine.nodes) if (node.pid === pid) machine.nodes.delete(name);
      },
      async complain(complaint) {
        machine.complaint = complaint;
      },
      isRunning: async (pid) => isRunning(pid),
      async close() {},
    };
  },
});

describe('the process of a serving node', () => {
  let installation: Awaited<ReturnType<typeof createInstallation>>;
  const blockers: Server[] = [];
  beforeEach(async () => {
    installation = await createInstallation();
  });
  afterEach(async () => {
    await installation.close();
    for (const blocker of blockers.splice(0)) blocker.close();
  });

  const block = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const server = createServer();
      blockers.push(server);
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });

  it('takes the next port while the preferred one is taken, and keeps to it', async () => {
    const taken = await block(0);
    const nodes = installation.open('one', { port: taken });
    const first = await nodes.ensureRunning();
    const port = Number(new URL(first.url).port);
    expect(port).toBeGreaterThan(taken);
    expect(port).toBeLessThanOrEqual(taken + 16);
    await nodes.stop();
    expect((await nodes.ensureRunning()).url).toBe(first.url);
  });

  it('comes back to the preferred port with the next start after that is free', async () => {
    const taken = await block(0);
    const nodes = installation.open('one', { port: taken });
    expect((await nodes.ensureRunning()).url).not.toBe(`http://127.0.0.1:${taken}`);
    for (const blocker of blockers.splice(0)) blocker.close();
    await nodes.stop();
    expect((await nodes.ensureRunning()).url).toBe(`http://127.0.0.1:${taken}`);
  });

  it('leaves the preferred port to the node of another zone that was there last', async () => {
    const { otherFolder, open } = installation;
    const free = await block(0);
    for (const blocker of blockers.splice(0)) blocker.close();
    await mkdir(otherFolder);
    await writeFile(join(otherFolder, 'port'), `${free}\n`);
    const { url } = await open('one', { port: free }).ensureRunning();
    expect(Number(new URL(url).port)).toBeGreaterThan(free);
  });

  it('tries the preferred port, its last one, the 16 after the preferred, and then any', () => {
    expect(listPorts(null, 8080)).toEqual([...Array.from({ length: 17 }, (_, at) => 8080 + at), 0]);
    expect(listPorts(9000, 8080).slice(0, 3)).toEqual([8080, 9000, 8081]);
    expect(listPorts(8081, 8080)).toHaveLength(18);
    expect(listPorts(8080, 8080)).toEqual(listPorts(null, 8080));
    expect(listPorts(null, 65_535)).toEqual([65_535, 0]);
    expect(listPorts(9000, 0)).toEqual([9000, 0]);
    expect(listPorts(8081, 8080, [8080, 8082]).slice(0, 2)).toEqual([8081, 8083]);
    expect(listPorts(8080, 8080, [8080])).toEqual(listPorts(8080, 8080));
  });

  it('gets no variables but those that every program needs, and files for its owner alone', async () => {
    vi.stubEnv('DATABASE_URL', 'postgres://someone:topsecret@localhost/ae');
    const { url } = await installation.open('one').ensureRunning();
    vi.unstubAllEnvs();
    const { environment } = (await (await fetch(`${url}/`)).json()) as { environment: string[] };
    const known = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];
    expect(environment.filter((name) => !known.includes(name))).toEqual([]);
    for (const name of ['config.json', 'node.log', 'port']) {
      expect((await stat(join(installation.nodeFolder, name))).mode & 0o777).toBe(0o600);
    }
    const text = await readFile(join(installation.nodeFolder, 'config.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ v: 1, zone: 'ae', node: 'serve-ae', build: 'one' });
  });

  it('is replaced when it runs and never answers', async () => {
    const deaf = installation.open('deaf', { startMs: 3_000 });
    await expect(deaf.ensureRunning()).rejects.toMatchObject({ code: 'P810', remedy: 'retry' });
    expect(await deaf.find()).toBeNull();
    const next = await installation.open('one').ensureRunning();
    expect(await deaf.find()).toEqual(next);
  });

  it('gives up one that never answers on a port of its own', async () => {
    const free = await block(0);
    for (const blocker of blockers.splice(0)) blocker.close();
    const deaf = installation.open('deaf', { port: free, startMs: 3_000 });
    await expect(deaf.ensureRunning()).rejects.toThrow('it did not answer in time');
    expect(await deaf.find()).toBeNull();
  });

  it('leaves none behind that came later than another and still starts', async () => {
    const { open, nodeFolder } = installation;
    const starting = join(nodeFolder, 'starting');
    const script = `fs.writeFileSync('starting', String(process.pid)); setTimeout(() => {}, 60_000)`;
    const late = open('one', { program: [process.execPath, '-e', script] }).ensureRunning();
    const pid = await vi.waitFor(async () => {
      const text = await readFile(starting, 'utf8');
      expect(text).toMatch(/^\d+$/);
      return Number(text);
    }, 60_000);
    const first = await open('one').ensureRunning();
    expect(await late).toEqual(first);
    expect(await identity.readIdentity(pid)).toBeNull();
  });

  it('is a failure of its own when its program is not there', async () => {
    const nodes = installation.open('one', { program: [join(installation.folder, 'none')] });
    await expect(nodes.ensureRunning()).rejects.toMatchObject({ code: 'P810' });
  });

  it('writes a log that is cut when it is large, also while it runs', async () => {
    const nodes = installation.open('one');
    await nodes.ensureRunning();
    const log = join(installation.nodeFolder, 'node.log');
    await truncate(log, 9 * 1024 * 1024);
    await appendFile(log, 'the last line');
    await nodes.ensureRunning();
    expect((await stat(log)).size).toBe(0);
    expect((await readFile(`${log}.1`, 'latin1')).endsWith('the last line')).toBe(true);
  });
});
