import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import type { RefName } from '../../../reconciler/core/contracts/git.ts';
import type { CommitDraft } from '../../../reconciler/ports/git.ts';
import { takeSeconds } from '../bench.ts';

export async function copyRepository(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
}

export function listTreeOid(path: string, branch: RefName): string {
  return execFileSync('git', [`--git-dir=${path}`, 'rev-parse', `${branch}^{tree}`], {
    encoding: 'utf8',
  }).trim();
}

/** Appends the drafts to the branch; the stream is made before the clock starts. */
export async function importWithGit(
  path: string,
  branch: RefName,
  drafts: readonly CommitDraft[],
): Promise<number> {
  const stream = Buffer.concat(
    drafts.flatMap((draft, index) => toCommands(draft, branch, index === 0)),
  );
  return takeSeconds(async () => {
    const child = spawn('git', [`--git-dir=${path}`, 'fast-import', '--quiet', '--done'], {
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    child.stdin.end(Buffer.concat([stream, Buffer.from('done\n')]));
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`git fast-import ended with ${status}`);
  });
}

function toCommands(draft: CommitDraft, branch: RefName, isFirst: boolean): readonly Buffer[] {
  const { author, epochSeconds, message, changes } = draft;
  const who = `${author.name} <${author.email}> ${epochSeconds} +0000`;
  return [
    Buffer.from(`commit ${branch}\nauthor ${who}\ncommitter ${who}\n`),
    ...toData(Buffer.from(message)),
    ...(isFirst ? [Buffer.from(`from ${branch}^0\n`)] : []),
    ...changes.flatMap(({ path, content }) =>
      content === null
        ? [Buffer.from(`D ${path}\n`)]
        : [Buffer.from(`M 100644 inline ${path}\n`), ...toData(content)],
    ),
  ];
}

function toData(content: Uint8Array): readonly Buffer[] {
  return [Buffer.from(`data ${content.length}\n`), Buffer.from(content), Buffer.from('\n')];
}
