/*
 * One cold measurement in a process of its own: `parse-child.ts <ours|yaml> <resources> <seed>`.
 * Only the way that is measured is loaded, and the repo is made before the clock starts.
 */
import type { ColdMeasurement } from './language.ts';
import { makeRepo, type RepoFile } from './make-repo.ts';

type Way = (files: readonly RepoFile[]) => number;

/** Both count what they found, so that no work can be left out. */
async function loadWay(name: string | undefined): Promise<Way> {
  if (name === 'ours') {
    const { loadRevision } = await import('../../../reconciler/core/spec/load-revision.ts');
    return (files) => loadRevision(files).valid.length;
  }
  const { parseAllDocuments } = await import('yaml');
  const decoder = new TextDecoder();
  return (files) =>
    files.flatMap(({ bytes }) => {
      const documents = parseAllDocuments(decoder.decode(bytes));
      return [...documents].map((document) => document.toJS());
    }).length;
}

const [name, resources, seed] = process.argv.slice(2);
const way = await loadWay(name);
const files = makeRepo({ resources: Number(resources), seed: Number(seed) });
const startedAt = performance.now();
const found = way(files);
const measurement: ColdMeasurement = {
  seconds: (performance.now() - startedAt) / 1000,
  // Kilobytes on every system that we run on.
  peakMb: process.resourceUsage().maxRSS / 1024,
  files: files.length,
  bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0),
  resources: found,
};
process.stdout.write(JSON.stringify(measurement));
