import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isDigest } from '../../../core/contracts/digest.ts';
import { type Fence, isHigherFence } from '../../../core/contracts/fence.ts';
import { judgeStep } from '../../../core/runs/judge-step.ts';
import { judgeHyperparameters } from '../../../core/runs/run-environment.ts';
import {
  beginStep,
  endStep,
  findNextStep,
  hasEnded,
  isStepOrder,
  toCancelled,
  toFirstStatus,
  toRunObservation,
  toSucceeded,
} from '../../../core/runs/run-status.ts';
import type { RunRequest, Runs } from '../../../ports/runs.ts';
import type { MemoryRun, MemoryRunWorld, MemoryStepEnd } from './run-world.ts';

export type MemoryRunsDeps = { readonly zone: string; readonly world: MemoryRunWorld };

/**
 * Runs without programs: each round of tending ends the programs that are done, begins what
 * follows them and gives the free slots away. Nothing happens between two rounds, and no time
 * passes in any.
 */
export function createMemoryRuns({ zone, world }: MemoryRunsDeps): Runs {
  return {
    raiseFence: async (fence) => passFence(world, fence),
    async start(fence, request) {
      checkRequest(zone, request);
      passFence(world, fence);
      if (world.runs.has(request.runKey)) return;
      const sequence = world.sequences.length;
      world.sequences.push(sequence);
      const kept = structuredClone(request);
      const status = toFirstStatus(request.steps);
      world.runs.set(request.runKey, { request: kept, sequence, status, isCancelled: false });
    },
    async observe(runKey) {
      const run = world.runs.get(requireRunKey(runKey));
      if (run === undefined) return { state: 'absent' };
      return toRunObservation(run.status, {
        progress: null,
        resultFolder: `/memory/runs/${runKey.slice('sha256:'.length)}/result`,
        waitsFor: `pool ${run.request.pool} of target ${run.request.target}`,
      });
    },
    async readResult(runKey) {
      const run = world.runs.get(requireRunKey(runKey));
      if (run?.status.state === 'succeeded') return world.toResult(run.request);
      const why = run === undefined ? 'there is no such run' : `the run is ${run.status.state}`;
      throw new CodedError('P803', `there is no result: ${why}`);
    },
    async tend(fence) {
      passFence(world, fence);
      for (const run of listRuns(world)) keep(world, advance(world, run));
      for (const run of listRuns(world)) keep(world, giveSlot(world, run));
    },
    async cancel(fence, runKey) {
      passFence(world, fence);
      const run = world.runs.get(requireRunKey(runKey));
      if (run === undefined) return;
      const isWaiting = run.status.state === 'queued';
      const status = isWaiting ? toCancelled(run.status) : run.status;
      keep(world, { ...run, status, isCancelled: true });
    },
    async suspend() {
      const going = listRuns(world).filter(({ status }) => status.state === 'running');
      for (const run of going) keep(world, { ...run, status: suspendRun(run) });
      return going.map(({ request }) => request.runKey);
    },
    async remove(fence, runKey) {
      passFence(world, fence);
      const run = world.runs.get(requireRunKey(runKey));
      if (run !== undefined && !hasEnded(run.status)) {
        const message = `the run of ${run.request.model} has not ended: cancel it`;
        throw new CodedError('P406', message, { remedy: 'retry' });
      }
      world.runs.delete(runKey);
    },
    list: async () => [...world.runs.keys()].sort(),
  };
}

function passFence({ fences }: MemoryRunWorld, fence: Fence): void {
  const [seen = null] = fences;
  if (isHigherFence(seen, fence)) fences[0] = fence;
}

function checkRequest(zone: string, request: RunRequest): void {
  requireRunKey(request.runKey);
  if (request.zone !== zone) {
    throw new CodedError('P206', `the run of ${request.model} is not for the zone ${zone}`);
  }
  const why = judgeHyperparameters(request.hyperparameters);
  if (isStepOrder(request.steps.map(({ name }) => name)) && why === null) return;
  throw new CodedError(
    'P406',
    `the run of ${request.model} cannot start: ${why ?? 'its steps are out of order'}`,
  );
}

function requireRunKey(runKey: string): string {
  if (isDigest(runKey)) return runKey;
  throw new CodedError('P406', `${JSON.stringify(runKey.slice(0, 100))} is no run key`);
}

function listRuns({ runs }: MemoryRunWorld): readonly MemoryRun[] {
  return [...runs.values()].sort((left, right) => left.sequence - right.sequence);
}

function keep({ runs }: MemoryRunWorld, run: MemoryRun): void {
  runs.set(run.request.runKey, run);
}

/** A program that is under way ends, if it does. */
function advance(world: MemoryRunWorld, run: MemoryRun): MemoryRun {
  const { status, request } = run;
  const step = findNextStep(request.steps, status);
  if (status.state !== 'running' || step === null) return run;
  const attempt = status.counters.attempts;
  const end = run.isCancelled ? CANCELLED : world.runStep({ request, step, attempt });
  if (end === 'working') return run;
  const rule = { ...request.limits, backoffMs: 0, maxBackoffMs: 0 };
  const verdict = judgeStep(toStepEnd(step.name, end, run.isCancelled), status.counters, rule);
  const ended = endStep(status, verdict, status.runtimeMs);
  if (ended.state !== 'running') return { ...run, status: ended };
  const next = findNextStep(request.steps, ended);
  return { ...run, status: next === null ? toSucceeded(ended) : beginStep(ended, next.name) };
}

function suspendRun({ status, isCancelled }: MemoryRun): MemoryRun['status'] {
  if (isCancelled) return toCancelled(status);
  return endStep(status, { kind: 'wait', why: 'it was preempted' }, status.runtimeMs);
}

const CANCELLED: MemoryStepEnd = { exitCode: 143, said: null };

function toStepEnd(
  step: MemoryRun['status']['step'],
  end: Exclude<MemoryStepEnd, 'working'>,
  isCancelled: boolean,
) {
  return {
    step,
    exitCode: end.exitCode,
    signal: null,
    startFailure: null,
    stopped: isCancelled ? ('cancelled' as const) : null,
    hasCheckpoint: false,
    said: end.said,
    peakMebibytes: null,
  };
}

function giveSlot(world: MemoryRunWorld, run: MemoryRun): MemoryRun {
  const { status, request } = run;
  const { target, pool } = request;
  const step = findNextStep(request.steps, status);
  if (status.state !== 'queued' || step === null) return run;
  const taken = [...world.runs.values()].filter(
    (other) =>
      other.status.state === 'running' &&
      other.request.target === target &&
      other.request.pool === pool,
  ).length;
  if (taken >= world.countSlots(target, pool)) return run;
  return { ...run, status: beginStep(status, step.name) };
}
