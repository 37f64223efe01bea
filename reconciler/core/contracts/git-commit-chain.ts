import type { Oid } from './git.ts';
import { formatCommit, insertSignature } from './git-commit.ts';
import type { HashObject, NewObject } from './git-object.ts';
import { editTree, type Folder, type TreeEdit, type TreeEditor } from './git-tree-edit.ts';
import { type MergedTree, mergeTrees } from './git-tree-merge.ts';

export type ChainDraft = {
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly epochSeconds: number;
  readonly changes: readonly { readonly path: string; readonly content: Uint8Array | null }[];
};

export type Chain = { readonly commits: readonly Oid[]; readonly tree: Folder };

/**
 * Builds one signed commit per draft on top of `tip`. Every Git adapter builds here, so that an
 * object has the same name whichever adapter made it; what they differ in is where `emit` puts it.
 */
export async function buildChain(
  editor: TreeEditor,
  start: { readonly tip: Oid | null; readonly tree: Folder },
  drafts: readonly ChainDraft[],
  sign: (payload: Uint8Array) => Promise<string>,
): Promise<Chain> {
  const commits: Oid[] = [];
  let { tip, tree } = start;
  for (const draft of drafts) {
    tree = await editTree(editor, tree, toEdits(editor, draft));
    // Editing emits no empty folders, because Git holds none but this one.
    if (tree.body.length === 0)
      emitObject(editor, { type: 'tree', body: tree.body, replaces: null });
    const { message, author, epochSeconds } = draft;
    const parents = tip === null ? [] : [tip];
    const payload = formatCommit({ tree: tree.oid, parents, author, epochSeconds, message });
    const body = insertSignature(payload, await sign(payload));
    tip = emitObject(editor, { type: 'commit', body, replaces: null });
    commits.push(tip);
  }
  return { commits, tree };
}

export type MergeSides = {
  /** The commit that a branch is at: the first parent of what is built. */
  readonly tip: Oid;
  readonly head: Oid;
  readonly trees: { readonly base: Oid | null; readonly ours: Oid; readonly theirs: Oid };
  /** `squash` forgets where the changes came from; `merge` keeps the head as second parent. */
  readonly method: 'merge' | 'squash';
};

/** One signed commit whose tree is the merge of both sides; no commit when they conflict. */
export async function buildMerge(
  editor: TreeEditor,
  { tip, head, trees, method }: MergeSides,
  draft: Omit<ChainDraft, 'changes'>,
  sign: (payload: Uint8Array) => Promise<string>,
): Promise<Oid | Extract<MergedTree, { readonly state: 'conflict' }>> {
  const merged = await mergeTrees(editor, trees);
  if (merged.state === 'conflict') return merged;
  const { message, author, epochSeconds } = draft;
  const parents = method === 'merge' ? [tip, head] : [tip];
  const payload = formatCommit({ tree: merged.tree, parents, author, epochSeconds, message });
  const body = insertSignature(payload, await sign(payload));
  return emitObject(editor, { type: 'commit', body, replaces: null });
}

function toEdits(editor: TreeEditor, draft: ChainDraft): readonly TreeEdit[] {
  return draft.changes.map(({ path, content }) => {
    if (content === null) return { path, entry: null };
    const oid = emitObject(editor, { type: 'blob', body: content, replaces: null });
    return { path, entry: { mode: '100644', oid } };
  });
}

function emitObject(
  editor: { readonly hash: HashObject; readonly emit: (object: NewObject) => void },
  object: Omit<NewObject, 'oid'>,
): Oid {
  const oid = editor.hash(object.type, object.body);
  editor.emit({ ...object, oid });
  return oid;
}
