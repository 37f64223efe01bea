import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../../machine/durable-file.ts';
import { runGit } from './command.ts';

const TIMEOUT_MS = 30 * 60_000;
const PACK_STEM = /^pack-[0-9a-f]{40}$/;
/** Packs with any other companion file are somebody's own arrangement and stay as they are. */
const PLAIN_COMPANIONS = ['pack', 'idx', 'rev'];

type Pack = { readonly name: string; readonly sizeBytes: number };

/**
 * Merges small packs, so that a ledger of one pack per append stays fast to read. The sizes left
 * form a sequence in which each is at least twice all smaller ones together: a byte is rewritten
 * about as often as the repository doubles. Nothing is lost, unreachable objects included, so
 * this may run beside an append. The merged pack is durable before the old ones go.
 */
export async function compactPacks(repositoryPath: string): Promise<void> {
  const folder = join(repositoryPath, 'objects', 'pack');
  const names = await readdir(folder);
  // Whoever keeps an index over several packs also compacts them.
  if (names.includes('multi-pack-index')) return;
  const merged = chooseMerged(await readSizes(folder, listPlainPacks(names)));
  if (merged.length < 2) return;
  const args = ['pack-objects', '--stdin-packs', '--threads=1', '--quiet', join(folder, 'pack')];
  const config = ['-c', 'core.fsync=committed', '-c', 'core.fsyncMethod=fsync'];
  const input = merged.map(({ name }) => `${name}.pack\n`).join('');
  const { stdout } = await runGit(repositoryPath, {
    args: [...config, ...args],
    input,
    timeoutMs: TIMEOUT_MS,
  });
  const result = `pack-${stdout.toString('latin1').trim()}`;
  await syncFolder(folder);
  for (const { name } of merged.filter((pack) => pack.name !== result)) {
    // The index first: a pack without one is invisible, an index without a pack is an error.
    await rm(join(folder, `${name}.idx`), { force: true });
    await rm(join(folder, `${name}.rev`), { force: true });
    await rm(join(folder, `${name}.pack`), { force: true });
  }
}

export async function countPacks(repositoryPath: string): Promise<number> {
  const names = await readdir(join(repositoryPath, 'objects', 'pack'));
  return names.filter((name) => name.endsWith('.idx')).length;
}

function listPlainPacks(names: readonly string[]): readonly string[] {
  const companions = new Map<string, string[]>();
  for (const name of names) {
    const [stem = '', ...extension] = name.split('.');
    companions.set(stem, [...(companions.get(stem) ?? []), extension.join('.')]);
  }
  const isPlain = (extensions: readonly string[]) =>
    extensions.includes('pack') &&
    extensions.includes('idx') &&
    extensions.every((extension) => PLAIN_COMPANIONS.includes(extension));
  return [...companions]
    .filter(([stem, extensions]) => PACK_STEM.test(stem) && isPlain(extensions))
    .map(([stem]) => stem);
}

async function readSizes(folder: string, names: readonly string[]): Promise<readonly Pack[]> {
  const toPack = async (name: string): Promise<Pack> => {
    const { size } = await stat(join(folder, `${name}.pack`));
    return { name, sizeBytes: size };
  };
  return Promise.all(names.map(toPack));
}

/** From the largest on, packs stay while they are at least twice the sum of all smaller ones. */
function chooseMerged(packs: readonly Pack[]): readonly Pack[] {
  const sorted = [...packs].sort((left, right) => right.sizeBytes - left.sizeBytes);
  let smaller = sorted.reduce((sum, pack) => sum + pack.sizeBytes, 0);
  for (let at = 0; at < sorted.length; at += 1) {
    const { sizeBytes } = sorted[at] as Pack;
    smaller -= sizeBytes;
    if (sizeBytes < 2 * smaller) return sorted.slice(at);
  }
  return [];
}
