import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pid } from 'node:process';
import { syncFolder } from '../../../machine/durable-file.ts';
import { runGit } from './command.ts';
import { createDurably, exists, makeFolderDurably } from './durable-file.ts';

/**
 * History is kept: no forced pushes, no deleted branches, no collection of garbage at an hour
 * that Git chooses, and nothing that is pushed gets in unchecked or unsynced. What Plumbline keeps
 * below `refs/plumbline`, such as the logs of pull requests, can be fetched and not be pushed.
 */
const CONFIGURATION = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tsymlinks = false
\thooksPath = /dev/null
\tfsync = committed,reference
\tfsyncMethod = fsync
[receive]
\tdenyNonFastForwards = true
\tdenyDeletes = true
\tfsckObjects = true
\tautogc = false
\thideRefs = refs/plumbline
[transfer]
\tfsckObjects = true
[gc]
\tauto = 0
[maintenance]
\tauto = false
`;

/** Makes an empty bare repository with `main` as its branch; one that is there stays as it is. */
export async function initBareRepository(input: { readonly path: string }): Promise<void> {
  const { path } = input;
  if (await exists(join(path, 'HEAD'))) return;
  await makeFolderDurably(dirname(path));
  // Made beside its place and renamed, so that a crash leaves no half of a repository there.
  const draft = join(dirname(path), `.${basename(path)}.new-${pid}`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  const args = ['init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha1'];
  await runGit(draft, { args: [...args, '--template='] });
  await replaceDurably(join(draft, 'config'), CONFIGURATION);
  await replaceDurably(join(draft, 'HEAD'), 'ref: refs/heads/main\n');
  await syncFolder(draft);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

async function replaceDurably(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await createDurably(path, Buffer.from(text), 0o644);
}
