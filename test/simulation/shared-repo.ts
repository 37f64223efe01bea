import { MAIN_BRANCH, type Oid } from '../../reconciler/core/contracts/git.ts';
import { formatCommit } from '../../reconciler/core/contracts/git-commit.ts';
import { type RepoFiles, type RepoModel, renderRepo } from './platform-repo.ts';
import { createActor, type Scheduler } from './scheduler.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { Trace } from './trace.ts';

export type Commit = { readonly oid: Oid; readonly model: RepoModel };

/** The main branch of the platform repo, as people with the right to push to it see it. */
export type SharedRepo = {
  readonly model: () => RepoModel;
  /** Everything that was ever pushed, oldest first. */
  readonly history: () => readonly Commit[];
  readonly push: (model: RepoModel) => Promise<void>;
  /** Takes main back to an earlier commit, as if what came after had never been. */
  readonly forceBackTo: (commit: Commit) => Promise<boolean>;
  /** What people do after an accident of that kind: both histories are in main from now on. */
  readonly mergeLostTips: () => Promise<void>;
};

export function createSharedRepo(
  { git, clock }: SimulatedWorld,
  scheduler: Scheduler,
  trace: Trace,
  first: RepoModel,
): SharedRepo {
  const actor = createActor('people');
  const history: Commit[] = [];
  /** Tips that a forced push took off main: whoever saw them must find them there again. */
  const lostTips = new Set<Oid>();
  let model = first;
  let files: RepoFiles = new Map();

  const push = async (next: RepoModel): Promise<void> => {
    await scheduler.step(actor);
    const rendered = renderRepo(next);
    const oid = await git.push({
      branch: MAIN_BRANCH,
      files: listChanges(files, rendered),
      epochSeconds: Math.floor(clock.now() / 1000),
    });
    model = next;
    files = rendered;
    history.push({ oid, model });
    trace.write(`${clock.now()} people push ${oid}`);
  };

  const forceBackTo = async (commit: Commit): Promise<boolean> => {
    await scheduler.step(actor);
    const tip = await git.readRef(MAIN_BRANCH);
    if (tip === null || commit.oid === tip) return false;
    lostTips.add(tip);
    git.setRef(MAIN_BRANCH, commit.oid);
    model = commit.model;
    files = renderRepo(model);
    trace.write(`${clock.now()} people force ${commit.oid}`);
    return true;
  };

  const mergeLostTips = async (): Promise<void> => {
    const tip = await git.readRef(MAIN_BRANCH);
    if (tip === null || lostTips.size === 0) return;
    const body = formatCommit({
      tree: (await git.readCommit(tip)).tree,
      parents: [tip, ...lostTips],
      author: { name: 'A person', email: 'person@example.org' },
      epochSeconds: Math.floor(clock.now() / 1000),
      message: 'Take back what was lost\n',
    });
    git.setRef(MAIN_BRANCH, git.writeObject('commit', body));
  };

  return { model: () => model, history: () => history, push, forceBackTo, mergeLostTips };
}

function listChanges(before: RepoFiles, after: RepoFiles) {
  const changed = [...after].filter(([path, text]) => before.get(path) !== text);
  const removed = [...before.keys()].filter((path) => !after.has(path));
  return [
    ...changed.map(([path, content]) => ({ path, content })),
    ...removed.map((path) => ({ path, content: null })),
  ];
}
