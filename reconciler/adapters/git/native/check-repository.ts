import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit } from './command.ts';
import { exists } from './durable-file.ts';

/** Time for a history of millions of objects. */
const TIMEOUT_MS = 30 * 60_000;
const MAX_PROBLEMS = 20;

/** Files by which a repository shows other objects or another history than it holds. */
const SUBSTITUTIONS = [
  { path: 'info/grafts', says: 'grafts change who the parent of a commit is' },
  { path: 'shallow', says: 'the history is cut off (shallow)' },
  { path: 'objects/info/alternates', says: 'objects are borrowed from another repository' },
  { path: 'objects/info/http-alternates', says: 'objects are borrowed from another repository' },
  { path: 'refs/replace', says: 'objects are replaced by others' },
] as const;

/**
 * What is wrong with a repository's objects, one sentence each; none when they are whole. Git
 * itself reads every object and checks its form, its name and what it points at.
 */
export async function checkRepository(input: {
  readonly repositoryPath: string;
}): Promise<readonly string[]> {
  const { repositoryPath } = input;
  const problems = [...(await findSubstitutions(repositoryPath))];
  const format = await runGit(repositoryPath, { args: ['rev-parse', '--show-object-format'] });
  const formatName = format.stdout.toString('latin1').trim();
  if (formatName !== 'sha1') problems.push(`the object format is ${formatName}, not sha1`);
  return [...problems, ...(await findBrokenObjects(repositoryPath))].slice(0, MAX_PROBLEMS);
}

async function findSubstitutions(repositoryPath: string): Promise<readonly string[]> {
  const found = await Promise.all(
    SUBSTITUTIONS.map(async ({ path, says }) =>
      (await exists(join(repositoryPath, path))) ? [`${path}: ${says}`] : [],
    ),
  );
  const packed = await readFile(join(repositoryPath, 'packed-refs'), 'latin1').catch(() => '');
  const replaced = packed.includes(' refs/replace/') ? ['refs/replace: objects are replaced'] : [];
  return [...found.flat(), ...replaced];
}

async function findBrokenObjects(repositoryPath: string): Promise<readonly string[]> {
  const { status, stdout, stderr } = await runGit(repositoryPath, {
    args: ['fsck', '--strict', '--full', '--no-dangling', '--no-progress'],
    // A set of bits, one for each kind of damage; 128 when it was too much to go on.
    allowedStatuses: [...Array(64).keys(), 128],
    timeoutMs: TIMEOUT_MS,
  });
  if (status === 0) return [];
  const lines = `${stdout.toString('utf8')}\n${stderr}`.split('\n').filter((line) => line !== '');
  return lines.length === 0 ? [`git fsck ended with status ${status}`] : lines;
}
