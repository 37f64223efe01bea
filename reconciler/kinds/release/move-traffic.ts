import { CodedError } from '../../core/contracts/coded-error.ts';
import type { Digest } from '../../core/contracts/digest.ts';
import type { Instant } from '../../core/contracts/instant.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import {
  advanceRelease,
  type RolloutFacts,
  toReleaseName,
} from '../../core/plan/planners/rollout.ts';
import { readResumeTarget, readRollbackTarget } from '../../core/release/rollout-targets.ts';
import { findChampion, listShares } from '../../core/release/shares.ts';
import type { RolloutAdvance } from '../../core/rollout/advance-rollout.ts';
import {
  type RolloutPosition,
  recordWeight,
  startRollout,
} from '../../core/rollout/rollout-position.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Routes } from '../../ports/routes.ts';
import type { Work, WorkInput } from '../kept-handler.ts';
import type { ReleaseNotes } from './release-notes.ts';

export type TrafficPorts = { readonly routes: Routes; readonly clock: Pick<Clock, 'now'> };

type Move = WorkInput<ReleaseNotes> & { readonly facts: RolloutFacts | null };
type Moved = Promise<Work<ReleaseNotes>>;

/** All at once, whatever was there before; from here on it is what would be gone back to. */
export async function giveShares(ports: TrafficPorts, input: WorkInput<ReleaseNotes>): Moved {
  const { target, before } = input;
  const shares = listShares(target);
  const revision = await put(ports, input, target);
  const canary = findChampion(shares) ?? '';
  const goal = { release: toReleaseName(target), canary, stable: null };
  const started = startRollout(before?.notes.position ?? null, goal, ports.clock.now());
  const settled = recordWeight({ ...started, percent: 100, end: 'promoted' }, revision);
  return { notes: { position: settled }, outcome: { inputs: toInputs(target) } };
}

/** Puts back what was recorded last; where its rollout stands is as it was. */
export async function restoreShares(ports: TrafficPorts, input: WorkInput<ReleaseNotes>): Moved {
  await put(ports, input, input.target);
  return { notes: input.before?.notes ?? {}, outcome: { inputs: toInputs(input.target) } };
}

/** One step of a rollout: another weight, which counts once nodes have confirmed it. */
export async function shiftWeight(ports: TrafficPorts, move: Move): Moved {
  const { effect, target } = move;
  const release = effect.stepOf ?? effect.targetDigest;
  const { action, position } = advance(ports, move, release, findCanary(move));
  const percent = listShares(target).find(({ version }) => version === position.canary)?.percent;
  if (action.kind !== 'setWeight' || action.percent !== percent) throw overtaken();
  const revision = await put(ports, move, target);
  const notes = { position: recordWeight(position, revision) };
  return { notes, outcome: { inputs: toInputs(target) } };
}

export async function promote(ports: TrafficPorts, move: Move): Moved {
  const { target } = move;
  const canary = findChampion(listShares(target)) ?? '';
  const { action } = advance(ports, move, toReleaseName(target), canary);
  if (action.kind !== 'promote') throw overtaken();
  return giveShares(ports, move);
}

/** Gives a release up: what is live afterwards is what was before it. */
export async function rollBack(ports: TrafficPorts, move: Move): Moved {
  const { effect, target, before } = move;
  const { desired, back } = readRollbackTarget(effect.ref, target);
  const release = toReleaseName(desired);
  const canary = findChampion(listShares(desired)) ?? '';
  const known = before?.notes.position;
  const isOpen = known?.release === release && known.end === null;
  const decided = isOpen ? decide(ports, move, release, canary) : null;
  await put(ports, move, back);
  const why = decided?.why ?? effect.reason;
  const earlier = isOpen ? undefined : before?.notes.rollback;
  const notes = {
    position: decided?.position ?? toGivenUp(release, canary, back, ports.clock.now()),
    rollback: earlier ?? { effectId: effect.id, why },
  };
  const inputs = { failed: canary as Digest, ...toInputs(back) };
  return { live: back, notes, outcome: { inputs } };
}

/** Whether it is still to be taken back: between the plan and the act counts may have come in. */
function decide(ports: TrafficPorts, move: Move, release: string, canary: string) {
  const { action, position } = advance(ports, move, release, canary);
  if (action.kind !== 'rollback') throw overtaken();
  return { why: action.why, position };
}

/** Of a rollout that the store has forgotten: all that matters of it is how it ended. */
function toGivenUp(
  release: string,
  canary: string,
  back: NormalForm,
  now: Instant,
): RolloutPosition {
  const stable = findChampion(listShares(back));
  return { ...startRollout(null, { release, canary, stable }, now), end: 'rolledBack' };
}

/** A rollout of which nothing is left but its shares: it goes on from them, and counts anew. */
export async function resumeShares(ports: TrafficPorts, input: WorkInput<ReleaseNotes>): Moved {
  const { live, canary, release } = readResumeTarget(input.effect.ref, input.target);
  const shares = listShares(live);
  const stable = findChampion(shares.filter(({ version }) => version !== canary));
  const percent = shares.find(({ version }) => version === canary)?.percent ?? 0;
  const started = startRollout(null, { release, canary, stable }, ports.clock.now());
  const revision = await put(ports, input, live);
  const position = recordWeight({ ...started, percent }, revision);
  return { live, notes: { position }, outcome: { inputs: toInputs(live) } };
}

/** Where it stands by now. */
function advance(
  { clock }: TrafficPorts,
  { facts, before }: Move,
  release: string,
  canary: string,
): RolloutAdvance {
  const live = before?.live ?? null;
  if (facts === null || live === null) throw overtaken();
  return advanceRelease(facts, { release, canary, live }, clock.now());
}

/** Of two versions the one that goes over is the one that had no say before. */
function findCanary({ effect, target, before }: Move): string {
  const position = before?.notes.position;
  const release = effect.stepOf ?? effect.targetDigest;
  if (position !== undefined && position.release === release) return position.canary;
  const champion = before?.live ? findChampion(listShares(before.live)) : null;
  return listShares(target).find(({ version }) => version !== champion)?.version ?? '';
}

async function put(
  { routes }: TrafficPorts,
  { effect, fence }: WorkInput<ReleaseNotes>,
  form: NormalForm,
): Promise<number> {
  await routes.raiseFence(fence);
  return routes.putVersions(fence, toResourcePath(effect.ref), listShares(form));
}

function toInputs(form: NormalForm): Readonly<Record<string, Digest>> {
  const names = listShares(form).map(({ version }, index) => [
    `version${index}`,
    version as Digest,
  ]);
  return Object.fromEntries(names);
}

function overtaken(): CodedError {
  const message = 'the rollout has come to another point since this was planned';
  return new CodedError('P406', message, { remedy: 'retry' });
}
