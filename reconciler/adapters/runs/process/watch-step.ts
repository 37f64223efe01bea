import type { Instant } from '../../../core/contracts/instant.ts';
import type { StopReason } from '../../../core/runs/judge-step.ts';
import { type StallWatch, watchStall } from '../../../core/runs/watch-stall.ts';
import type { Clock } from '../../../ports/clock.ts';
import { markCheckpoints } from './checkpoints.ts';
import type { RunFolder } from './folder-layout.ts';
import { boundProgress } from './output-files.ts';
import { readGroupUse } from './process-group.ts';
import type { SupervisorSettings } from './settings.ts';
import type { StepProcess } from './step-process.ts';

export type WatchDeps = {
  readonly clock: Clock;
  readonly settings: SupervisorSettings;
  readonly folder: RunFolder;
  /** Aborted when the machine wants its slot back. */
  readonly preempted: AbortSignal;
  readonly isCancelled: () => Promise<boolean>;
  /** Writes down how long the program has run. */
  readonly note: (elapsedMs: number) => Promise<void>;
};

export type WatchResult = {
  readonly stopped: StopReason | null;
  readonly peakBytes: number;
};

type Watch = {
  readonly stop: { readonly reason: StopReason; readonly at: Instant } | null;
  readonly isKilled: boolean;
  readonly stall: StallWatch | null;
  readonly lookedAt: Instant;
  readonly notedAt: Instant;
  readonly peakBytes: number;
  readonly usesTooMuch: boolean;
  readonly isStalled: boolean;
};

/** Stays with a program until it has ended, and asks it to end when there is a reason to. */
export async function watchStep(
  deps: WatchDeps,
  step: StepProcess,
  limits: { readonly startedAt: Instant; readonly deadline: Instant; readonly graceMs: number },
): Promise<WatchResult> {
  const over = new AbortController();
  step.ended.then(
    () => over.abort(),
    () => over.abort(),
  );
  // Made once: a run of days looks a million times, and what each look adds to a signal or to a
  // promise that outlives it would stay.
  const wake = AbortSignal.any([over.signal, deps.preempted]);
  let watch: Watch = {
    stop: null,
    isKilled: false,
    stall: null,
    lookedAt: limits.startedAt - deps.settings.lookMs,
    notedAt: limits.startedAt,
    peakBytes: 0,
    usesTooMuch: false,
    isStalled: false,
  };
  while (!over.signal.aborted) {
    // Once it was asked to stop there is nothing to hear any more but its end.
    await deps.clock.sleep(deps.settings.pollMs, watch.stop === null ? wake : over.signal);
    if (over.signal.aborted) break;
    watch = await lookAt(deps, step, watch);
    watch = await pressOn(deps, step, watch, limits);
    if (deps.clock.now() - watch.notedAt >= deps.settings.noteMs) {
      await deps.note(deps.clock.now() - limits.startedAt);
      watch = { ...watch, notedAt: deps.clock.now() };
    }
  }
  return { stopped: watch.stop?.reason ?? null, peakBytes: watch.peakBytes };
}

/** What the program shows of itself. */
async function lookAt(deps: WatchDeps, step: StepProcess, watch: Watch): Promise<Watch> {
  const { clock, settings, folder } = deps;
  const now = clock.now();
  if (now - watch.lookedAt < settings.lookMs) return watch;
  const progressBytes = await boundProgress(folder.base.progress);
  const checkpointMark = await markCheckpoints(folder.base.checkpoints);
  const use = await readGroupUse(step.mark.pid);
  const signs = { progressBytes, checkpointMark, cpuMs: use?.cpuMs ?? null };
  const { stallAfterMs, maxMemoryBytes } = settings;
  const stall = watchStall(watch.stall, { now, signs, stallAfterMs });
  const residentBytes = use?.residentBytes ?? 0;
  return {
    ...watch,
    stall: stall.watch,
    isStalled: stall.isStalled,
    lookedAt: now,
    peakBytes: Math.max(watch.peakBytes, residentBytes),
    usesTooMuch: residentBytes > maxMemoryBytes,
  };
}

/** SIGTERM to the group, and SIGKILL when the time of grace is over. */
async function pressOn(
  deps: WatchDeps,
  step: StepProcess,
  watch: Watch,
  limits: { readonly deadline: Instant; readonly graceMs: number },
): Promise<Watch> {
  const now = deps.clock.now();
  if (watch.stop === null) {
    const reason = await findReason(deps, watch, limits.deadline);
    if (reason === null) return watch;
    // What takes the machine's memory is not asked to take its time.
    step.signal(reason === 'memory' ? 'SIGKILL' : 'SIGTERM');
    return { ...watch, stop: { reason, at: now } };
  }
  if (watch.isKilled || now - watch.stop.at < limits.graceMs) return watch;
  step.signal('SIGKILL');
  return { ...watch, isKilled: true };
}

async function findReason(
  deps: WatchDeps,
  watch: Watch,
  deadline: Instant,
): Promise<StopReason | null> {
  if (await deps.isCancelled()) return 'cancelled';
  if (deps.preempted.aborted) return 'preempted';
  if (deps.clock.now() >= deadline) return 'deadline';
  if (watch.usesTooMuch) return 'memory';
  return watch.isStalled ? 'stalled' : null;
}
