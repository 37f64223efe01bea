import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { toAuditBranch } from '../../../reconciler/core/contracts/git.ts';
import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { listReleased } from '../../../reconciler/core/release/release-text.ts';
import { REPO, type Running, toRelease } from './model-story.ts';
import { type Plant, reasonsOf } from './model-zone.ts';
import { beginWithTwo } from './rollout-story.ts';

const RELEASE = 'releases/fraud.yaml';
const REF = { kind: 'Release', namespace: 'payments', name: 'fraud' };
const WORDS = { namespace: 'payments', endpoint: 'fraud' };
const EVENTS = 25;
const BAD = { failures: 0.4, positives: 0.1 };
const RESTS = ['Converged', 'RolledBack', 'AwaitingDecision'];

type Made = Awaited<ReturnType<typeof beginWithTwo>>;

/** A zone in whatever weather, with people who release, revert, close and change their minds. */
export async function liveThrough(seed: number, plant?: Plant): Promise<readonly string[]> {
  const writes = createWrites();
  const made = await beginWithTwo(undefined, (ports) => (plant ?? same)(writes.observe(ports)));
  const { zone, world } = made;
  const randomness = createSeededRandomness(`rollout world ${seed}`);
  const draw = (below: number) => (randomness.bytes(1)[0] ?? 0) % below;
  const watch = createWatch(made);
  writes.onWrite(watch.judgeWrite);
  let running: Running = made.running;
  const people = createPeople(made, () => running);
  await people.release(made.next);
  const events: readonly (() => Promise<void> | void)[] = [
    () => people.release(made.first),
    () => people.release(made.next),
    () => people.release(made.next),
    () => people.answer('merged'),
    () => people.answer('merged'),
    () => people.answer('closed'),
    () => people.push({ 'note.txt': String(draw(200)) }),
    () => void made.behaviour.set(made.next, BAD),
    () => void made.behaviour.delete(made.next),
    () => world.toggle('isUp'),
    () => world.toggle('hasTraffic'),
    async () => {
      await running.stop();
      running = zone.open();
    },
    async () => {
      await running.stop();
      zone.loseDatabase();
      watch.forget();
      running = zone.open();
    },
  ];
  for (let event = 0; event < EVENTS; event += 1) {
    await events[draw(events.length)]?.();
    for (let second = 1 + draw(8); second > 0; second -= 1) {
      await world.run(1);
      await watch.look();
    }
  }
  world.node.isUp = true;
  world.node.hasTraffic = true;
  await restOf(made, running, watch);
  await running.stop();
  return [...watch.findings];
}

/** In good weather it comes to rest. */
async function restOf(
  { world }: Made,
  running: Running,
  watch: ReturnType<typeof createWatch>,
): Promise<void> {
  for (let second = 0; second < 300; second += 1) {
    const [reason = ''] = reasonsOf(running.status(), 'Release', 'fraud');
    if (RESTS.includes(reason) && second > 20) return watch.lookAtRest(reason);
    await world.run(1);
    await watch.look();
  }
  watch.find('it does not come to rest');
}

function createPeople({ zone, release }: Made, running: () => Running) {
  let text = '';
  let notes: Readonly<Record<string, string>> = {};
  const push = async (more: Readonly<Record<string, string>>) => {
    notes = { ...notes, ...more };
    zone.proposed.files.set(toRefKey(REF), { path: RELEASE, text });
    await zone.commit({ ...REPO, ...release('', { ...notes, [RELEASE]: text }) });
    running().hint();
  };
  return {
    push,
    release: async (version: string) => {
      text = toRelease([version, 100]);
      await push({});
    },
    /** The oldest pull request that reverts. */
    answer: async (state: 'merged' | 'closed') => {
      const { proposals } = zone.proposed;
      const at = proposals.findIndex(
        (one) => one.state === 'open' && one.branch.startsWith('plumbline/revert/'),
      );
      const proposal = proposals[at];
      if (proposal === undefined) return;
      proposals[at] = { ...proposal, state };
      if (state === 'closed') return;
      text = proposal.files[0]?.text ?? '';
      await push({});
    },
  };
}

type Shares = readonly { readonly version: string; readonly percent: number }[];

const same: Plant = (ports) => ports;

/** Every weight that is written, at the moment it is. */
function createWrites() {
  let listener: (versions: Shares, revision: number) => void = () => undefined;
  const observe: Plant = (ports) => ({
    ...ports,
    routes: {
      ...ports.routes,
      putVersions: async (fence, endpoint, versions) => {
        const revision = await ports.routes.putVersions(fence, endpoint, versions);
        listener(versions ?? [], revision);
        return revision;
      },
    },
  });
  return {
    observe,
    onWrite: (next: typeof listener) => {
      listener = next;
    },
  };
}

/** No share at all, which is less than a share of nothing. */
const ABSENT = -1;

/** What must hold in every second, whatever happens. */
function createWatch({ zone, first, next, behaviour, world }: Made) {
  const findings = new Set<string>();
  let share = ABSENT;
  /** The first revision with that share. */
  let sharedAt = 0;
  let isEverBad = false;
  let isLost = false;

  const judgeWrite = (versions: Shares, revision: number) => {
    const now = versions.find(({ version }) => version === next)?.percent ?? ABSENT;
    const isLoaded = share !== ABSENT || isLost;
    if (now > Math.max(share, 0) && !isLoaded)
      findings.add('a weight before the nodes have loaded');
    if (now > share && share !== ABSENT && world.confirmed() < sharedAt) {
      findings.add('a weight before the nodes have confirmed the one before it');
    }
    if (now !== share) sharedAt = Math.max(sharedAt, revision);
    share = now;
    if (now !== ABSENT) isLost = false;
  };

  /** Read again only when the ledger has grown. */
  let read: { readonly tip: string | null; readonly last: string | undefined } | null = null;
  const readLast = async () => {
    const tip = await zone.git.readRef(toAuditBranch('ae'));
    if (read?.tip !== tip) read = { tip, last: (await zone.story('Release', 'fraud')).at(-1) };
    return read?.last;
  };

  const look = async () => {
    isEverBad ||= behaviour.has(next);
    const { endpoints } = await zone.routes.read();
    const versions = endpoints[0]?.versions ?? [];
    const sum = versions.reduce((all, { percent }) => all + percent, 0);
    if (versions.length > 0 && sum !== 100) findings.add(`shares sum to ${sum}`);
    if (versions.some(({ version }) => version !== first && version !== next)) {
      findings.add('a version of nobody is served');
    }
    const now = versions.find(({ version }) => version === next)?.percent ?? ABSENT;
    const isBack = (await readLast()) === 'rollback succeeded';
    if (isBack && now !== ABSENT) findings.add('a rollback that leaves a share');
    if (isBack && !isEverBad) findings.add('a good version is rolled back');
    const branches = zone.proposed.proposals.map(({ branch }) => branch);
    if (new Set(branches).size < branches.length) findings.add('asked twice for one cause');
  };

  /** Served is what main asks for, or what was gone back to. */
  const lookAtRest = (reason: string) => {
    const text = zone.proposed.files.get(toRefKey(REF))?.text ?? '';
    const isAsked = listReleased(text, WORDS).includes(next);
    if (!isAsked && share !== ABSENT) findings.add('serves what main does not ask for');
    if (isAsked && reason === 'Converged' && share !== 100) findings.add('converged elsewhere');
    if (reason === 'RolledBack' && share !== ABSENT) findings.add('rolled back in words alone');
  };

  const forget = () => {
    isLost = true;
    share = ABSENT;
    sharedAt = 0;
  };
  return {
    look,
    judgeWrite,
    lookAtRest,
    forget,
    find: (text: string) => findings.add(text),
    findings,
  };
}
