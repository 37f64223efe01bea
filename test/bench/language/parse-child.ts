/*
 * One measurement in a process of its own:
 * `parse-child.ts <cold|yaml|fill|restart|one-change> <resources> <seed> [kept]`.
 * Only the way that is measured is loaded, and the repo is made before the clock starts. `fill`
 * writes what `restart` finds in the file `kept`.
 */
import type { Measurement } from './language.ts';
import { makeRepo, type RepoFile } from './make-repo.ts';
import { changeOneFile, nameFiles, toReader } from './reader-over-files.ts';

/** Prepares, and gives what is timed; it counts what it found, so that no work can be left out. */
type Way = (files: readonly RepoFile[], kept: string) => Promise<() => Promise<number>>;

const WAYS: Readonly<Record<string, Way>> = {
  cold: async (files) => {
    const { loadRevision } = await import('../../../reconciler/core/spec/load-revision.ts');
    return async () => loadRevision(files).valid.length;
  },
  yaml: async (files) => {
    const { parseAllDocuments } = await import('yaml');
    const decoder = new TextDecoder();
    const parse = ({ bytes }: RepoFile) =>
      [...parseAllDocuments(decoder.decode(bytes))].map((document) => document.toJS());
    return async () => files.flatMap(parse).length;
  },
  fill: async (files, kept) => {
    const { read } = toReader(kept);
    const named = nameFiles(files);
    return () => read(named);
  },
  restart: async (files, kept) => {
    const { read } = toReader(kept);
    const named = nameFiles(files);
    return () => read(named);
  },
  'one-change': async (files) => {
    const { read } = toReader(null);
    const named = nameFiles(files);
    await read(named);
    const changed = changeOneFile(named);
    return () => read(changed);
  },
};

const [name = '', resources, seed, kept = ''] = process.argv.slice(2);
const way = WAYS[name];
if (way === undefined) throw new Error(`there is no way ${name}`);
const files = makeRepo({ resources: Number(resources), seed: Number(seed) });
const work = await way(files, kept);
const startedAt = performance.now();
const found = await work();
const measurement: Measurement = {
  seconds: (performance.now() - startedAt) / 1000,
  // Kilobytes on every system that we run on.
  peakMb: process.resourceUsage().maxRSS / 1024,
  files: files.length,
  bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
  resources: found,
};
process.stdout.write(JSON.stringify(measurement));
