import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { createFolderSnapshots } from '../../reconciler/adapters/snapshots/folder/snapshots.ts';
import { createMemorySnapshots } from '../../reconciler/adapters/snapshots/memory/snapshots.ts';
import type { ProgramRunner } from '../../reconciler/ports/program-runner.ts';
import { createIngestInProcess, createSourcePrograms } from '../support/source-programs.ts';
import {
  describeSnapshots,
  expectCode,
  FIRST_ROW,
  PAYMENTS,
  SECOND_ROW,
  type SnapshotsHarness,
  toCsv,
} from './snapshots.contract.ts';

const randomness = createSystemRandomness();
const makeZone = () => mkdtemp(join(tmpdir(), 'plumbline-snapshots-'));

function openFolder(zoneFolder: string, programRunner = toPrograms(zoneFolder)) {
  return createFolderSnapshots({ zoneFolder, programRunner, randomness });
}

const toPrograms = (zoneFolder: string) => createIngestInProcess(join(zoneFolder, 'scratch'));

describeSnapshots('folder', async (): Promise<SnapshotsHarness> => {
  const zoneFolder = await makeZone();
  const toInput = (name: string) => join(zoneFolder, name);
  return {
    snapshots: openFolder(zoneFolder),
    async write(name, text) {
      await writeFile(toInput(name), text);
      return toInput(name);
    },
    removeInput: (name) => rm(toInput(name)),
    damage: (rowsFile) => writeFile(rowsFile, 'other bytes'),
    lose: (rowsFile) => rm(rowsFile),
    reopen: () => openFolder(zoneFolder),
    close: () => rm(zoneFolder, { recursive: true }),
  };
});

describeSnapshots('memory', async (): Promise<SnapshotsHarness> => {
  const files = new Map<string, Uint8Array>();
  const snapshots = createMemorySnapshots({ files });
  return {
    snapshots,
    async write(name, text) {
      files.set(name, Buffer.from(text));
      return name;
    },
    removeInput: async (name) => void files.delete(name),
    damage: async (rowsFile) => void files.set(rowsFile, Buffer.from('other bytes')),
    lose: async (rowsFile) => void files.delete(rowsFile),
    // It lasts as long as what holds it.
    reopen: () => snapshots,
    close: async () => {},
  };
});

describe('snapshots on disk', () => {
  let zoneFolder = '';
  let inputFile = '';
  const inside = (...names: readonly string[]) =>
    join(zoneFolder, 'snapshots', 'payments.transactions', ...names);
  beforeEach(async () => {
    zoneFolder = await makeZone();
    inputFile = join(zoneFolder, 'a.csv');
    await writeFile(inputFile, toCsv(FIRST_ROW));
  });
  afterEach(() => rm(zoneFolder, { recursive: true }));

  it('are for their owner alone, under the digest of their rows', async () => {
    const { record } = await openFolder(zoneFolder).accept(PAYMENTS, inputFile);
    const hex = record.digest.slice('sha256:'.length);
    expect((await readdir(inside())).sort()).toEqual([hex, 'accepted.json'].sort());
    expect(await readdir(inside(hex))).toEqual([
      'quarantine.parquet',
      'rows.parquet',
      'snapshot.json',
    ]);
    expect((await stat(inside())).mode & 0o777).toBe(0o700);
    expect(JSON.parse(await readFile(inside(hex, 'snapshot.json'), 'utf8'))).toEqual(record);
  });

  it('are the same when a process of its own makes them', async () => {
    const here = await openFolder(zoneFolder).accept(PAYMENTS, inputFile);
    const programs = createSourcePrograms(join(zoneFolder, 'jobs'));
    expect(await openFolder(zoneFolder, programs).accept(PAYMENTS, inputFile)).toEqual(here);
    expect(await readdir(join(zoneFolder, 'jobs'))).toEqual([]);
  });

  it('are not read again while the file is untouched, however often they are asked for', async () => {
    const snapshots = openFolder(zoneFolder, refuseAll());
    await openFolder(zoneFolder).accept(PAYMENTS, inputFile);
    expect(await snapshots.isCurrent(PAYMENTS, inputFile)).toBe(true);
    // Its time is set back, as whoever hides a change would do: then the bytes decide.
    const { atime, mtime } = await stat(inputFile);
    await writeFile(inputFile, toCsv(FIRST_ROW.replace('1.5', '2.5')));
    await utimes(inputFile, atime, mtime);
    expect(await snapshots.isCurrent(PAYMENTS, inputFile)).toBe(false);
  });

  it('keep what was accepted when a program fails, and leave nothing half-made', async () => {
    const { record } = await openFolder(zoneFolder).accept(PAYMENTS, inputFile);
    const before = await readdir(inside());
    await expectCode('P808', openFolder(zoneFolder, failHalfWay()).accept(PAYMENTS, inputFile));
    expect(await readdir(inside())).toEqual(before);
    expect((await openFolder(zoneFolder).readAccepted(PAYMENTS.source))?.record).toEqual(record);
  });

  it('refuse the answer of a program that says something else than it wrote', async () => {
    const honest = toPrograms(zoneFolder);
    const lies = [{ digest: `sha256:${'0'.repeat(64)}` }, { source: 'a/b' }, { rows: -1 }];
    for (const lie of lies) {
      const lying: ProgramRunner = {
        run: async (input) => ({ ...(await honest.run(input)), ...lie }),
      };
      await expectCode('P808', openFolder(zoneFolder, lying).accept(PAYMENTS, inputFile));
    }
    expect(await openFolder(zoneFolder).readAccepted(PAYMENTS.source)).toBeNull();
  });

  it('were made by a newer version: then an older one does not touch them', async () => {
    await openFolder(zoneFolder).accept(PAYMENTS, inputFile);
    await writeFile(inside('accepted.json'), '{"v":2}');
    await expectCode('P802', openFolder(zoneFolder).readAccepted(PAYMENTS.source));
  });

  it('go on from wherever a crash left them', async () => {
    const whole = join(zoneFolder, 'whole');
    const first = await openFolder(zoneFolder).accept(PAYMENTS, inputFile);
    await cp(inside(), whole, { recursive: true });
    await writeFile(inputFile, toCsv(FIRST_ROW, SECOND_ROW));
    const second = await openFolder(zoneFolder).accept(PAYMENTS, inputFile);
    const hex = second.record.digest.slice('sha256:'.length);
    const made = join(zoneFolder, 'made');
    await rename(inside(hex), made);
    for (const crash of listCrashes(made, hex)) {
      await rm(inside(), { recursive: true });
      await cp(whole, inside(), { recursive: true });
      await crash(inside());
      const snapshots = openFolder(zoneFolder);
      expect(await snapshots.readAccepted(PAYMENTS.source), String(crash)).toEqual(first);
      expect(await snapshots.isCurrent(PAYMENTS, inputFile)).toBe(false);
      expect(await snapshots.accept(PAYMENTS, inputFile)).toEqual(second);
      expect(await snapshots.find(PAYMENTS.source, second.record.digest)).toEqual(second);
      expect((await readdir(inside())).filter((name) => name.startsWith('.'))).toEqual([]);
    }
  });
});

/** What stands in a source's folder after a crash between two steps of accepting. */
function listCrashes(made: string, hex: string): readonly ((folder: string) => Promise<void>)[] {
  return [
    async (folder) => void (await mkdir(join(folder, '.aside-0f'))),
    async (folder) => {
      await cp(made, join(folder, '.aside-0f'), { recursive: true });
      await writeFile(join(folder, '.aside-0f', 'rows.parquet'), 'half');
    },
    (folder) => cp(made, join(folder, '.aside-0f'), { recursive: true }),
    (folder) => cp(made, join(folder, hex), { recursive: true }),
    async (folder) => {
      await cp(made, join(folder, hex), { recursive: true });
      await writeFile(join(folder, 'accepted.json.tmp'), '{"v":');
    },
    // A power cut can lose what an older version did not make durable.
    async (folder) => {
      await cp(made, join(folder, hex), { recursive: true });
      await writeFile(join(folder, hex, 'rows.parquet'), '');
    },
  ];
}

function refuseAll(): ProgramRunner {
  return {
    run: async () => {
      throw new Error('nothing should be started');
    },
  };
}

/** A program that is killed in the middle of its work. */
function failHalfWay(): ProgramRunner {
  return {
    async run({ job }) {
      await writeFile(join(String(job['outputFolder']), 'rows.parquet'), 'half');
      return { rows: 1 };
    },
  };
}
