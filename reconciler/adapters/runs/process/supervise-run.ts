import { basename, join } from 'node:path';
import { toCodedText } from '../../../core/contracts/coded-text.ts';
import { parseAnswerLine } from '../../../core/contracts/runner-answer.ts';
import {
  judgeStep,
  type StepEnd,
  type StepVerdict,
  toDeadlineFailure,
} from '../../../core/runs/judge-step.ts';
import { toConfigFiles, toRunEnvironment } from '../../../core/runs/run-environment.ts';
import {
  beginStep,
  endStep,
  findNextStep,
  hasEnded,
  type RunStatus,
  toCancelled,
  toFirstStatus,
  toSucceeded,
} from '../../../core/runs/run-status.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { RunRequest, RunStep } from '../../../ports/runs.ts';
import {
  clearForStep,
  listChannels,
  removeLocked,
  sealInput,
  toJobPath,
  writeConfig,
} from './base-folder.ts';
import { isLatestWhole, settleCheckpoints } from './checkpoints.ts';
import { claimRun, releaseRun } from './claim.ts';
import { type RunFolder, toRunFolder } from './folder-layout.ts';
import { readFailure } from './output-files.ts';
import { forgetPrepared, handBack, keepPrepared, readPrepared } from './prepared-rows.ts';
import { type ProcessMark, readRunRecord, readStatus, writeStatus } from './records.ts';
import type { RunFiles } from './run-files.ts';
import type { SupervisorSettings } from './settings.ts';
import { startStepProcess } from './step-process.ts';
import { watchStep } from './watch-step.ts';

export type SupervisorDeps = {
  readonly runFolder: string;
  readonly slotFolder: string;
  readonly settings: SupervisorSettings;
  readonly files: RunFiles;
  readonly clock: Clock;
  readonly processIdentity: ProcessIdentity;
  /** Aborted when this process is asked to end. */
  readonly preempted: AbortSignal;
  /** Where programs are found. */
  readonly path: string;
};

type Supervised = SupervisorDeps & {
  readonly folder: RunFolder;
  readonly request: RunRequest;
  /** What the preparation left, as it is known here: on the disk a program could change it. */
  readonly prepared: string | null;
};

/**
 * All that happens to a run once it has a slot: one program after the other, each to its end, and
 * every step of it written down before the next. Should this process die, whoever tends the runs
 * finds its claim dead, ends what is left and queues the run again.
 */
export async function superviseRun(deps: SupervisorDeps): Promise<void> {
  const folder = toRunFolder(deps.runFolder);
  const found = await readRunRecord(deps.files, folder);
  const identity = await deps.processIdentity.readIdentity(process.pid);
  if (found === null || identity === null) return;
  const claim = { pid: process.pid, identity, slotFolder: deps.slotFolder };
  const { runKey } = found.request;
  if (!(await claimRun(deps.files, folder, { runKey, claim }))) return;
  // Until it was claimed the run could be removed, and one of the same key be taken in.
  const request = (await readRunRecord(deps.files, folder))?.request ?? found.request;
  await deps.files.makeFolder(folder.logs);
  const prepared = await readPrepared(deps.files, folder);
  await advance({ ...deps, folder, request, prepared });
  await releaseRun(deps.files, folder, claim);
}

async function advance(began: Supervised): Promise<void> {
  const { files, folder, request } = began;
  let run = began;
  let status = (await readStatus(files, folder))?.status ?? toFirstStatus(request.steps);
  // Each turn ends a step, spends a retry or the only resumption of a stall, or is the last.
  while (!hasEnded(status)) {
    const step = findNextStep(request.steps, status);
    if (step === null) return succeed(run, status);
    const refusal = await findRefusal(run, status);
    if (refusal !== null) {
      return write(run, endStep({ ...status, step: step.name }, refusal, status.runtimeMs), null);
    }
    status = beginStep(status, step.name);
    const { verdict, runtimeMs } = await runStep(run, status, step);
    if (step.name === 'prepare' && verdict.kind === 'done') {
      run = { ...run, prepared: await keepPrepared(files, folder) };
    }
    status = endStep(status, verdict, runtimeMs);
    await write(run, status, null);
    if (status.state === 'queued') return;
    if (verdict.kind === 'again') await pause(run, verdict.delayMs);
  }
}

async function succeed(run: Supervised, status: RunStatus): Promise<void> {
  const { checkpoints, scratch } = run.folder.base;
  // They hold rows of data, or what was learned from them, and serve nobody any more.
  for (const path of [checkpoints, scratch]) await removeLocked(run.files, path);
  await write(run, toSucceeded(status), null);
}

/** Why no further program is to be started. */
async function findRefusal(run: Supervised, status: RunStatus): Promise<StepVerdict | null> {
  const { limits } = run.request;
  if (await isCancelled(run)) {
    return { kind: 'failed', why: toCancelled(status).why ?? '' };
  }
  if (status.runtimeMs >= limits.maxRuntimeSeconds * 1000) return toDeadlineFailure(limits);
  if (run.preempted.aborted) return { kind: 'wait', why: 'it was preempted' };
  return null;
}

async function runStep(
  run: Supervised,
  status: RunStatus,
  step: RunStep,
): Promise<{ readonly verdict: StepVerdict; readonly runtimeMs: number }> {
  const { clock, settings, request, folder } = run;
  const { limits } = request;
  const input = await prepareStep(run, status, step);
  const startedAt = clock.now();
  // Written before the program exists: whoever finds the run knows that one may.
  await write(run, status, null);
  const child = await startStepProcess(run, input);
  if (typeof child === 'string') {
    const end = toEnd(step, { startFailure: child });
    return judged(end, status.runtimeMs);
  }
  await write(run, status, child.mark);
  const watched = await watchStep(
    {
      ...run,
      isCancelled: () => isCancelled(run),
      note: (elapsedMs) => noteRuntime(run, status, child.mark, elapsedMs),
    },
    child,
    {
      startedAt,
      deadline: startedAt + limits.maxRuntimeSeconds * 1000 - status.runtimeMs,
      graceMs: limits.graceSeconds * 1000,
    },
  );
  const { exitCode, signal, lastLine } = await child.finish();
  const end = toEnd(step, {
    ...{ exitCode, signal, stopped: watched.stopped },
    hasCheckpoint:
      watched.stopped === 'preempted' &&
      (await isLatestWhole(run.files, folder.base.checkpoints, request)),
    said: step.name === 'train' ? await readFailure(folder.base.failure) : toSaid(lastLine),
    peakMebibytes: watched.peakBytes === 0 ? null : Math.ceil(watched.peakBytes / 2 ** 20),
  });
  return judged(end, status.runtimeMs + clock.now() - startedAt);

  function judged(ending: StepEnd, runtimeMs: number) {
    const { backoffMs, maxBackoffMs } = settings;
    const rule = { ...limits, backoffMs, maxBackoffMs };
    return { verdict: judgeStep(ending, status.counters, rule), runtimeMs };
  }
}

/** Folders, files and variables of the next program. */
async function prepareStep(run: Supervised, status: RunStatus, step: RunStep) {
  const { files, clock, folder, request, settings } = run;
  const { base } = folder;
  if (step.name === 'prepare') await forgetPrepared(files, folder);
  await clearForStep(files, base, step.name);
  if (step.name === 'evaluate') await handBack(files, folder);
  const isResume =
    step.name === 'train' && (await settleCheckpoints(files, base.checkpoints, request));
  const attempt = {
    baseFolder: base.path,
    attempt: Math.max(1, status.counters.attempts),
    isResume,
    deadline: clock.now() + request.limits.maxRuntimeSeconds * 1000 - status.runtimeMs,
    slot: Number(basename(run.slotFolder)),
    channels: await listChannels(files, base),
    path: run.path,
  };
  const config = toConfigFiles(request, attempt);
  await writeConfig(files, base, { files: config, steps: request.steps });
  if (step.name === 'evaluate' && run.prepared !== null) {
    await files.writeWhole(base.digests, run.prepared, 'volatile');
  }
  // Only the preparation writes what the others read.
  if (step.name !== 'prepare') await sealInput(base);
  return {
    argv: step.job === null ? step.argv : [...step.argv, toJobPath(base, step.name)],
    baseFolder: base.path,
    environment: toRunEnvironment(request, attempt),
    logPath: join(folder.logs, `${step.name}.log`),
    maxLogBytes: settings.maxLogBytes,
  };
}

function toEnd(step: RunStep, known: Partial<StepEnd>): StepEnd {
  return {
    step: step.name,
    exitCode: null,
    signal: null,
    startFailure: null,
    stopped: null,
    hasCheckpoint: false,
    said: null,
    peakMebibytes: null,
    ...known,
  };
}

/** A bundled program's own words, with their code in front. */
function toSaid(lastLine: string): string | null {
  const answer = parseAnswerLine(lastLine);
  return answer?.state === 'failed' ? toCodedText(answer.code, answer.message) : null;
}

/** In the same slot: a run that waits for its next try is not at its end. */
async function pause(run: Supervised, delayMs: number): Promise<void> {
  const { clock, settings } = run;
  const until = clock.now() + delayMs;
  while (clock.now() < until && !run.preempted.aborted && !(await isCancelled(run))) {
    const leftMs = Math.min(settings.pollMs, Math.max(0, until - clock.now()));
    await clock.sleep(leftMs, run.preempted);
  }
}

async function isCancelled({ files, folder }: Supervised): Promise<boolean> {
  return (await files.readText(folder.cancellation, 4096)) !== null;
}

function write(run: Supervised, status: RunStatus, group: ProcessMark | null): Promise<void> {
  return writeStatus(run.files, run.folder, { status, group });
}

/** Not flushed: after a power cut the note before it is good enough. */
function noteRuntime(
  run: Supervised,
  status: RunStatus,
  group: ProcessMark,
  elapsedMs: number,
): Promise<void> {
  const noted = { ...status, runtimeMs: status.runtimeMs + elapsedMs };
  return writeStatus(run.files, run.folder, { status: noted, group }, 'volatile');
}
