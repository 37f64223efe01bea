import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createInstallation, type Installation } from '../support/installation.ts';

const KILLS = 50;
const SEED = Number(process.env['PLUMBLINE_SEED'] ?? 20_261_121);
/** Kills fall after so many log entries of a start, from none to more than it usually writes. */
const MAX_LOG_ENTRIES = 8;
/** And then anywhere in the work that follows: an effect with its records takes about 10 ms. */
const MAX_FURTHER_MS = 60;

const randomness = createSeededRandomness(SEED);
const draw = (limit: number) => Math.floor(randomness.fraction() * limit);

let installation: Installation;

beforeAll(async () => {
  installation = await createInstallation({ parts: 'rules' });
});

afterAll(async () => {
  await installation.remove();
});

/** Changes slots, adds and removes targets and environments, and goes back to earlier states. */
async function changeSomething(round: number): Promise<void> {
  const { clone, git } = installation;
  const name = `extra-${draw(3)}`;
  const targetFile = join(clone, 'targets', `${name}.yaml`);
  const environmentFile = join(clone, 'environments', `${name}.yaml`);
  if (draw(4) === 0) {
    await rm(environmentFile, { force: true });
    await rm(targetFile, { force: true });
  } else {
    await writeFile(targetFile, toTarget(name, draw(4)));
    if (draw(2) === 0) await writeFile(environmentFile, toEnvironment(name));
  }
  await git('add', '-A');
  await git('commit', '-q', '--allow-empty', '-m', `change ${round}`);
  await git('push', '-q', 'origin', 'main');
}

function toTarget(name: string, slots: number): string {
  return [
    'apiVersion: plumbline.dev/v1alpha1',
    'kind: Target',
    `metadata: { name: ${name} }`,
    'spec:',
    '  zone: ae',
    '  executor: process',
    `  pools: [{ name: cpu, device: cpu, slots: ${slots} }]`,
    '  deletionPolicy: Delete',
    '',
  ].join('\n');
}

function toEnvironment(name: string): string {
  return [
    'apiVersion: plumbline.dev/v1alpha1',
    'kind: Environment',
    `metadata: { name: ${name} }`,
    `spec: { zone: ae, targets: [${name}] }`,
    '',
  ].join('\n');
}

/** What the repo asks for, read without any code of the product. */
async function readWantedSlots(): Promise<Map<string, number>> {
  const folder = join(installation.clone, 'targets');
  const wanted = new Map<string, number>();
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'utf8');
    if (!/zone: ae\b/.test(text)) continue;
    const slots = [...text.matchAll(/slots: (\d+)/g)].map((match) => Number(match[1]));
    wanted.set(
      file.replace('.yaml', ''),
      slots.reduce((sum, one) => sum + one, 0),
    );
  }
  return wanted;
}

/** What is on the disk. */
async function countSlots(): Promise<Map<string, number>> {
  const targets = join(installation.state, 'zones', 'ae', 'targets');
  const counted = new Map<string, number>();
  for (const entry of await readdir(targets, { withFileTypes: true })) {
    const pools = join(targets, entry.name, 'pools');
    const names = entry.isDirectory() ? await readdir(pools).catch(() => null) : null;
    if (names === null) continue;
    const lists = await Promise.all(names.map((pool) => readdir(join(pools, pool, 'slots'))));
    counted.set(
      entry.name,
      lists.reduce((sum, list) => sum + list.length, 0),
    );
  }
  return counted;
}

describe(`a reconciler that is killed ${KILLS} times (seed ${SEED})`, () => {
  it('loses nothing, does nothing twice, and agrees with the world in the end', {
    timeout: 15 * 60_000,
  }, async () => {
    for (let round = 1; round <= KILLS; round += 1) {
      const reconciler = installation.up();
      await changeSomething(round);
      await reconciler.hasLogged(draw(MAX_LOG_ENTRIES));
      await delay(draw(MAX_FURTHER_MS));
      await reconciler.kill();
    }
    const last = installation.up();
    await last.ready;
    const status = await installation.plumb('status', '--wait');
    expect(status).toMatchObject({ code: 0 });
    expect(await countSlots()).toEqual(await readWantedSlots());
    expect(await last.stop()).toBe(0);
    await expectWholeLedger();
    await expectManyTerms();
  });
});

async function expectWholeLedger(): Promise<void> {
  const verdict = await installation.plumb('audit', 'verify', '--strict');
  expect(verdict).toMatchObject({ code: 0 });
  const { git, repository } = installation;
  await git('fetch', '-q', 'origin', '+refs/heads/*:refs/remotes/origin/*');
  expect(await git('--git-dir', repository, 'fsck', '--strict', '--no-dangling')).toBe('');
  for (const zone of ['ae', 'eu']) {
    const ledger = `origin/plumbline/audit/${zone}`;
    expect(await git('diff', `${ledger}:desired`, `${ledger}:live`)).toBe('');
    const effects = (
      await git('log', '--format=%(trailers:key=Plumbline-Effect,valueonly)', ledger)
    )
      .split('\n')
      .filter((line) => line !== '');
    expect(new Set(effects).size).toBe(effects.length);
    expect(await git('rev-list', '--count', ledger)).toBe(`${effects.length}\n`);
  }
}

/** Kills before the first effect prove little: many terms must have got to writing records. */
async function expectManyTerms(): Promise<void> {
  const { stdout } = await installation.plumb(
    'audit',
    'log',
    '--format',
    'json',
    '--count',
    '9999',
  );
  const records = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly zone: string; readonly epoch: number });
  const epochs = new Set(records.filter(({ zone }) => zone === 'ae').map(({ epoch }) => epoch));
  expect(epochs.size).toBeGreaterThanOrEqual(10);
}
