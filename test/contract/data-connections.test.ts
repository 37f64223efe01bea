import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createFolderDataConnections } from '../../reconciler/adapters/data-connections/folder/data-connections.ts';
import { createMemoryDataConnections } from '../../reconciler/adapters/data-connections/memory/data-connections.ts';
import { createMemoryProgramRunner } from '../../reconciler/adapters/program-runner/memory/program-runner.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { DataConnections } from '../../reconciler/ports/data-connections.ts';
import { createSourcePrograms } from '../support/source-programs.ts';
import {
  BY_PEOPLE,
  type DataConnectionsHarness,
  describeDataConnections,
  expectRefusal,
  SEEDED,
} from './data-connections.contract.ts';

const randomness = createSystemRandomness();
const makeZone = () => mkdtemp(join(tmpdir(), 'plumbline-data-connections-'));

const makeBoth = (seed: unknown) => ({ 'first.csv': String(seed), 'second.csv': String(seed) });

async function synthesize(job: JsonObject): Promise<JsonObject> {
  for (const [name, text] of Object.entries(makeBoth(job['seed']))) {
    await writeFile(join(String(job['outputFolder']), name), text);
  }
  return {};
}

function openFolder(zoneFolder: string, perform = synthesize): DataConnections {
  const programs = { 'synthesize synthesize': perform };
  const programRunner = createMemoryProgramRunner({ programs, clock: createSystemClock() });
  return createFolderDataConnections({ zoneFolder, programRunner, randomness });
}

describeDataConnections('folder', async (): Promise<DataConnectionsHarness> => {
  const zoneFolder = await makeZone();
  return {
    connections: openFolder(zoneFolder),
    async put({ connection, path }, text) {
      const file = join(zoneFolder, 'connections', connection, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    },
    readText: (path) => readFile(path, 'utf8'),
    take: ({ connection, path }) => rm(join(zoneFolder, 'connections', connection, path)),
    close: () => rm(zoneFolder, { recursive: true }),
  };
});

describeDataConnections('memory', async (): Promise<DataConnectionsHarness> => {
  const files = new Map<string, Uint8Array>();
  const connections = createMemoryDataConnections({
    files,
    makeUp: ({ seed }) =>
      Object.fromEntries(
        Object.entries(makeBoth(seed)).map(([name, text]) => [name, Buffer.from(text)]),
      ),
  });
  return {
    connections,
    put: async (location, text) => connections.put(location, Buffer.from(text)),
    readText: async (path) => Buffer.from(files.get(path) ?? []).toString('utf8'),
    take: async (location) => void files.delete(await connections.locate(location)),
    close: async () => {},
  };
});

describe('a connection on disk', () => {
  let zoneFolder = '';
  const inside = (...names: readonly string[]) =>
    join(zoneFolder, 'connections', 'warehouse', ...names);
  const locate = (path: string) => openFolder(zoneFolder).locate({ connection: 'warehouse', path });
  beforeEach(async () => {
    zoneFolder = await makeZone();
  });
  afterEach(() => rm(zoneFolder, { recursive: true }));

  it('is for its owner alone', async () => {
    await openFolder(zoneFolder).ensure(BY_PEOPLE);
    expect((await stat(inside())).mode & 0o777).toBe(0o700);
    expect(await readdir(inside())).toEqual([]);
  });

  it('never leads through a link, to a file or to a folder', async () => {
    await openFolder(zoneFolder).ensure(BY_PEOPLE);
    await writeFile(join(zoneFolder, 'outside.csv'), 'not for this connection');
    await symlink(join(zoneFolder, 'outside.csv'), inside('link.csv'));
    await symlink(zoneFolder, inside('folder'));
    expect(await expectRefusal(locate('link.csv'))).toContain('link');
    expect(await expectRefusal(locate('folder/outside.csv'))).toContain('link');
  });

  it('is located by its real place, however the zone is reached', async () => {
    await openFolder(zoneFolder).ensure(BY_PEOPLE);
    await writeFile(inside('file.csv'), '');
    const link = join(zoneFolder, 'link');
    await symlink(zoneFolder, link);
    const located = await openFolder(link).locate({ connection: 'warehouse', path: 'file.csv' });
    expect(located).toBe(await realpath(inside('file.csv')));
  });

  it('is no link itself', async () => {
    await mkdir(join(zoneFolder, 'elsewhere'));
    await mkdir(join(zoneFolder, 'connections'));
    await writeFile(join(zoneFolder, 'elsewhere', 'file.csv'), '');
    await symlink(join(zoneFolder, 'elsewhere'), inside());
    await expectRefusal(openFolder(zoneFolder).ensure(BY_PEOPLE));
    await expectRefusal(locate('file.csv'));
    expect(await openFolder(zoneFolder).observe(BY_PEOPLE)).toBe('unknown');
  });

  it('changes nothing when it is ensured again', async () => {
    await openFolder(zoneFolder).ensure(SEEDED(1));
    const before = await stat(inside('made.json'), { bigint: true });
    await openFolder(zoneFolder, async () => ({})).ensure(SEEDED(1));
    expect((await stat(inside('made.json'), { bigint: true })).ctimeNs).toBe(before.ctimeNs);
  });

  it('makes up anew what somebody wrote into', async () => {
    await openFolder(zoneFolder).ensure(SEEDED(1));
    await writeFile(inside('first.csv'), 'by hand');
    expect(await openFolder(zoneFolder).observe(SEEDED(1))).toBe('absent');
    await openFolder(zoneFolder).ensure(SEEDED(1));
    expect(await readFile(inside('first.csv'), 'utf8')).toBe('1');
  });

  it('says unknown, and refuses to act, when its record is malformed', async () => {
    await openFolder(zoneFolder).ensure(SEEDED(1));
    const record = {
      v: 1,
      state: 'made',
      synthetic: {},
      files: [{ name: '../x', bytes: 1, mtimeMs: 1 }],
    };
    for (const text of ['{', 'null', '{"v":2}', JSON.stringify(record)]) {
      await writeFile(inside('made.json'), text);
      expect(await openFolder(zoneFolder).observe(SEEDED(1)), text).toBe('unknown');
      await expectRefusal(openFolder(zoneFolder).remove('warehouse'));
    }
  });

  it('leaves the data of before when the making fails half-way', async () => {
    await openFolder(zoneFolder).ensure(SEEDED(1));
    const failing = openFolder(zoneFolder, async (job) => {
      await writeFile(join(String(job['outputFolder']), 'first.csv'), 'half');
      throw new Error('no more disk');
    });
    await expect(failing.ensure(SEEDED(2))).rejects.toThrow('failed unexpectedly');
    expect(await readFile(inside('first.csv'), 'utf8')).toBe('1');
    expect(await readdir(join(zoneFolder, 'connections'))).toEqual(['warehouse']);
  });

  it('finishes what a crash between two moves left, and sweeps up', async () => {
    await openFolder(zoneFolder).ensure(SEEDED(1));
    const made = JSON.parse(await readFile(inside('made.json'), 'utf8')) as JsonObject;
    // As it stands when the first of two files is new and the second is still that of before.
    await writeFile(inside('made.json'), JSON.stringify({ ...made, state: 'making' }));
    await writeFile(inside('first.csv'), '2');
    await mkdir(join(zoneFolder, 'connections', '.making-warehouse.0f'));
    await rename(
      inside('second.csv'),
      join(zoneFolder, 'connections', '.making-warehouse.0f', 'x'),
    );
    expect(await openFolder(zoneFolder).observe(SEEDED(2))).toBe('absent');
    await openFolder(zoneFolder).ensure(SEEDED(2));
    expect(await readFile(inside('second.csv'), 'utf8')).toBe('2');
    expect(await readdir(join(zoneFolder, 'connections'))).toEqual(['warehouse']);
    await openFolder(zoneFolder).remove('warehouse');
    expect(await readdir(join(zoneFolder, 'connections'))).toEqual([]);
  });

  it('holds what the bundled scenario makes up, the same bytes each time', async () => {
    const programRunner = createSourcePrograms(join(zoneFolder, 'jobs'));
    const connections = createFolderDataConnections({ zoneFolder, programRunner, randomness });
    const read = async (path: string) => {
      return readFile(await connections.locate({ connection: 'warehouse', path }));
    };
    await connections.ensure(SEEDED(1));
    const before = [await read('transactions.parquet'), await read('labelled-transactions.csv')];
    await connections.remove('warehouse');
    await connections.ensure(SEEDED(1));
    const after = [await read('transactions.parquet'), await read('labelled-transactions.csv')];
    expect(after).toEqual(before);
    expect(before[1]?.toString('utf8').split('\n').length).toBeGreaterThan(30);
  });
});
