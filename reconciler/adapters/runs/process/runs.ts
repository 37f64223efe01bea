import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Fence } from '../../../core/contracts/fence.ts';
import { judgeHyperparameters } from '../../../core/runs/run-environment.ts';
import {
  hasEnded,
  isStepOrder,
  toCancelled,
  toRunObservation,
} from '../../../core/runs/run-status.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { RunObservation, RunRequest, RunResult, Runs } from '../../../ports/runs.ts';
import { lookAtClaim } from './claim.ts';
import { passFence } from './fence-file.ts';
import {
  type RunFolder,
  toRunFolder,
  toRunFolderName,
  toRunKey,
  toRunsRoot,
} from './folder-layout.ts';
import { readProgress } from './output-files.ts';
import { readResultFolder } from './read-result.ts';
import { MAX_RECORD_BYTES, readRunRecord, toRecordText, writeStatus } from './records.ts';
import { putAside, sweepRemoved } from './removed-runs.ts';
import type { RunFiles, RunLock } from './run-files.ts';
import { createSupervisorSettings, type SupervisorSettings } from './settings.ts';
import { suspendRuns } from './suspend-runs.ts';
import { listRunNames, MAX_RUNS, readStanding, tendRuns } from './tend-runs.ts';

export type ProcessRunsDeps = {
  readonly zone: string;
  /** The zone's own folder; runs stand below it, in `runs`. */
  readonly zoneFolder: string;
  readonly slotsFolderOf: (target: string, pool: string) => string;
  /** The program that supervises one run, to which its arguments are added. */
  readonly supervisorArgv: readonly string[];
  readonly files: RunFiles;
  /** Over all processes that act on this zone's runs. */
  readonly lock: RunLock;
  readonly clock: Clock;
  readonly processIdentity: ProcessIdentity;
  readonly settings?: Partial<SupervisorSettings>;
};

type Disk = ProcessRunsDeps & { readonly root: string; readonly removed: string };

/** Runs as detached processes of this machine, each watched by a supervisor of its own. */
export function createProcessRuns(deps: ProcessRunsDeps): Runs {
  const root = toRunsRoot(deps.zoneFolder);
  const disk: Disk = { ...deps, root, removed: join(root, '.removed') };
  const settings = createSupervisorSettings(deps.settings);
  const act = (fence: Fence, work: () => Promise<void>): Promise<void> =>
    toCoded(() =>
      deps.lock.run(async () => {
        await deps.files.makeFolder(root);
        await passFence(deps.files, root, fence);
        await work();
      }),
    );
  const folderOf = (runKey: string) => toRunFolder(join(root, toRunFolderName(runKey)));
  return {
    raiseFence: (fence) => act(fence, async () => {}),
    start: async (fence, request) => {
      checkRequest(deps, request);
      await act(fence, () => takeIn(disk, folderOf(request.runKey), request));
    },
    observe: async (runKey) => toCoded(() => observe(disk, folderOf(runKey))),
    readResult: async (runKey) => toCoded(() => readResult(disk, folderOf(runKey))),
    tend: (fence) => act(fence, () => tendRuns({ ...disk, settings })),
    suspend: () => toCoded(() => suspendRuns({ ...disk, settings }, deps.lock)),
    cancel: async (fence, runKey) => act(fence, () => cancel(disk, folderOf(runKey))),
    remove: async (fence, runKey) => {
      let aside: string | null = null;
      await act(fence, async () => {
        aside = await putAside(disk, folderOf(runKey), () => takeSequence(disk));
      });
      await toCoded(() => sweepRemoved(disk, aside));
    },
    list: () => toCoded(() => list(disk)),
  };
}

/** The last gate before the world: what was checked before is checked where it takes effect. */
function checkRequest(deps: ProcessRunsDeps, request: RunRequest): void {
  const refuse = (why: string) =>
    new CodedError('P406', `the run of ${request.model.slice(0, 200)} cannot start: ${why}`);
  if (request.zone !== deps.zone) {
    throw new CodedError('P206', `the run of ${request.model} is not for the zone ${deps.zone}`);
  }
  if (!isStepOrder(request.steps.map(({ name }) => name))) {
    throw refuse('its steps are not prepare, train and evaluate, in this order');
  }
  const texts = request.steps.flatMap(({ argv }) => argv);
  const isNameless = request.steps.some(({ argv }) => (argv[0] ?? '') === '');
  if (isNameless || texts.some((text) => text.includes('\0'))) {
    throw refuse('a step has no program, or one that cannot be named');
  }
  const why = judgeHyperparameters(request.hyperparameters);
  if (why !== null) throw refuse(`of its parameters, ${why}`);
  if (JSON.stringify(request).length > MAX_RECORD_BYTES) throw refuse('it is too large');
  // A name that becomes a path is judged by whoever makes it one.
  deps.slotsFolderOf(request.target, request.pool);
}

async function takeIn(disk: Disk, folder: RunFolder, request: RunRequest): Promise<void> {
  const { files, root } = disk;
  if ((await readRunRecord(files, folder)) !== null) return;
  if ((await listRunNames(files, root)).length >= MAX_RUNS) {
    throw new CodedError('P406', `there are ${MAX_RUNS} runs already; remove some`, {
      remedy: 'retry',
    });
  }
  // Without a request it is no run, and what is left of an earlier one must not look like its end.
  await putAside(disk, folder, () => takeSequence(disk));
  const sequence = await takeSequence(disk);
  await files.makeFolder(folder.path);
  await files.writeWhole(folder.request, toRecordText({ sequence, request }), 'durable');
}

/** First come, first served: a number is given once, also over a crash. */
async function takeSequence({ files, root }: Disk): Promise<number> {
  const path = join(root, 'sequence.json');
  const text = await files.readText(path, 1024);
  const { next = 1 } = text === null ? {} : (JSON.parse(text) as { readonly next?: number });
  await files.writeWhole(path, `${JSON.stringify({ v: 1, next: next + 1 })}\n`, 'durable');
  return next;
}

async function observe({ files }: Disk, folder: RunFolder): Promise<RunObservation> {
  const record = await readRunRecord(files, folder);
  if (record === null) return { state: 'absent' };
  const { request } = record;
  const status = await readStanding(files, folder, request);
  const { base } = folder;
  const isTraining = status.state === 'running' && status.step === 'train';
  const isEvaluated = request.steps.some(({ name }) => name === 'evaluate');
  return toRunObservation(status, {
    progress: isTraining ? await readProgress(base.progress) : null,
    resultFolder: isEvaluated ? base.result : base.model,
    waitsFor: `pool ${request.pool} of target ${request.target}`,
  });
}

async function readResult({ files }: Disk, folder: RunFolder): Promise<RunResult> {
  const record = await readRunRecord(files, folder);
  const status = record && (await readStanding(files, folder, record.request));
  if (status?.state === 'succeeded') return readResultFolder(files, folder.base.result);
  const why = status === null ? 'there is no such run' : `the run is ${status.state}`;
  throw new CodedError('P803', `there is no result: ${why}`);
}

async function cancel(disk: Disk, folder: RunFolder): Promise<void> {
  const { files, processIdentity } = disk;
  const record = await readRunRecord(files, folder);
  if (record === null) return;
  const status = await readStanding(files, folder, record.request);
  if (hasEnded(status)) return;
  await files.writeWhole(folder.cancellation, '{"v":1}\n', 'durable');
  // A supervisor that lives looks for the note; for a dead one the next round of tending does.
  const { state } = await lookAtClaim(files, processIdentity, folder);
  if (state !== 'none') return;
  await writeStatus(files, folder, { status: toCancelled(status), group: null });
}

async function list({ files, root }: Disk): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const name of await listRunNames(files, root)) {
    const key = toRunKey(name);
    const record = await readRunRecord(files, toRunFolder(join(root, name)));
    if (key !== null && record !== null) keys.push(key);
  }
  return keys;
}

/** What the disk says becomes a failure of ours that may pass; what we say stays as it is. */
async function toCoded<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const message = error instanceof Error ? error.message : 'the disk failed';
    throw new CodedError('P406', message, { remedy: 'retry', cause: error });
  }
}
