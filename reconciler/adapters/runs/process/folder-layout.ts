import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isDigest } from '../../../core/contracts/digest.ts';

/** A run has a folder of its own, named by the digits of its key. */
export type RunFolder = {
  readonly path: string;
  /** What was asked for; without it there is no run. */
  readonly request: string;
  readonly status: string;
  /** Which supervisor answers for it. */
  readonly claim: string;
  /** Stands once somebody wants it stopped. */
  readonly cancellation: string;
  readonly supervisorLog: string;
  readonly logs: string;
  /** What the preparation left, by digest. */
  readonly prepared: string;
  /** Rows that a model is measured on, while it is trained. */
  readonly heldBack: string;
  readonly base: BaseLayout;
};

/** What a run's programs see. */
export type BaseLayout = {
  readonly path: string;
  readonly input: string;
  readonly config: string;
  readonly channels: string;
  /** For the evaluation: what its rows have to be. */
  readonly digests: string;
  readonly model: string;
  readonly checkpoints: string;
  readonly output: string;
  readonly outputData: string;
  readonly failure: string;
  readonly progress: string;
  readonly result: string;
  readonly scratch: string;
};

export function toRunsRoot(zoneFolder: string): string {
  return join(zoneFolder, 'runs');
}

export function toRunFolder(path: string): RunFolder {
  return {
    path,
    request: join(path, 'run.json'),
    status: join(path, 'status.json'),
    claim: join(path, 'claim.json'),
    cancellation: join(path, 'cancel.json'),
    supervisorLog: join(path, 'supervisor.log'),
    logs: join(path, 'logs'),
    prepared: join(path, 'prepared.json'),
    heldBack: join(path, 'held-back'),
    base: toBaseLayout(join(path, 'base')),
  };
}

function toBaseLayout(path: string): BaseLayout {
  return {
    path,
    input: join(path, 'input'),
    config: join(path, 'input', 'config'),
    channels: join(path, 'input', 'data'),
    digests: join(path, 'input', 'config', 'digests.json'),
    model: join(path, 'model'),
    checkpoints: join(path, 'checkpoints'),
    output: join(path, 'output'),
    outputData: join(path, 'output', 'data'),
    failure: join(path, 'output', 'failure'),
    progress: join(path, 'output', 'progress.jsonl'),
    result: join(path, 'result'),
    scratch: join(path, 'scratch'),
  };
}

/** A key that becomes a path is checked where it becomes one. */
export function toRunFolderName(runKey: string): string {
  if (isDigest(runKey)) return runKey.slice('sha256:'.length);
  throw new CodedError('P406', `${JSON.stringify(runKey.slice(0, 100))} is no run key`);
}

/** Null when the folder's name is not that of a run. */
export function toRunKey(folderName: string): string | null {
  const key = `sha256:${folderName}`;
  return isDigest(key) ? key : null;
}
