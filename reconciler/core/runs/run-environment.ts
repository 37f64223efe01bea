import { toCanonicalJson } from '../contracts/canonical-json.ts';
import { type Instant, toRfc3339 } from '../contracts/instant.ts';
import type { JsonObject } from '../contracts/json.ts';

/** Of a run, what its programs are told. */
export type RunFacts = {
  readonly runKey: string;
  /** For people and names: `payments/fraud`. */
  readonly model: string;
  readonly zone: string;
  readonly pool: string;
  readonly device: 'cpu' | 'cuda';
  readonly seed: number;
  readonly digests: {
    readonly commit: string;
    readonly spec: string;
    readonly snapshot: string;
    readonly trainer: string;
  };
  readonly hyperparameters: Readonly<Record<string, string | number | boolean>>;
  /** `input/config/run.json` beside what the executor adds. */
  readonly config: JsonObject;
};

export type AttemptFacts = {
  readonly baseFolder: string;
  /** From 1. */
  readonly attempt: number;
  readonly isResume: boolean;
  readonly deadline: Instant;
  /** The number of the slot, for an accelerator. */
  readonly slot: number;
  readonly channels: readonly string[];
  /** Where programs are found. */
  readonly path: string;
};

/** One slot is one processor. */
const THREADS = '1';
const HOST = 'algo-1';
const NETWORK_INTERFACE = 'eth0';

/** A variable's name cannot hold everything that a key of a document can. */
const PARAMETER_NAME = /^[A-Za-z_][\w.-]{0,255}$/;
const MAX_PARAMETERS = 256;
const MAX_VALUE_LENGTH = 4096;

/** Why the parameters cannot become variables; null when they can. */
export function judgeHyperparameters(parameters: RunFacts['hyperparameters']): string | null {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return `there are more than ${MAX_PARAMETERS}`;
  const names = new Set(entries.map(([name]) => name.toUpperCase()));
  if (names.size < entries.length) return 'two differ in nothing but capitals';
  for (const [name, value] of entries) {
    const title = JSON.stringify(name.slice(0, 100));
    if (!PARAMETER_NAME.test(name)) return `${title} cannot name a variable`;
    const text = String(value);
    if (text.length > MAX_VALUE_LENGTH || text.includes('\0')) return `${title} is no plain value`;
  }
  return null;
}

/** The files of `input/config`, by name; those of the steps' jobs are apart. */
export function toConfigFiles(
  run: RunFacts,
  attempt: AttemptFacts,
): Readonly<Record<string, JsonObject>> {
  return {
    'hyperparameters.json': toTexts(run.hyperparameters),
    'inputdataconfig.json': toInputDataConfig(attempt.channels),
    'resourceconfig.json': RESOURCE_CONFIG,
    'run.json': { ...run.config, ...toRunConfig(run, attempt) },
  };
}

/** All that a program of a run finds in its environment. */
export function toRunEnvironment(run: RunFacts, attempt: AttemptFacts): Record<string, string> {
  return {
    ...toProcessVariables(run, attempt),
    ...toSageMakerVariables(run, attempt),
    ...toPlumblineVariables(run, attempt),
  };
}

function toProcessVariables(run: RunFacts, attempt: AttemptFacts): Record<string, string> {
  const { baseFolder, path, slot } = attempt;
  return {
    PATH: path,
    HOME: `${baseFolder}/scratch/home`,
    TMPDIR: `${baseFolder}/scratch/tmp`,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    OMP_NUM_THREADS: THREADS,
    MKL_NUM_THREADS: THREADS,
    PYTHONHASHSEED: String(run.seed),
    CUBLAS_WORKSPACE_CONFIG: ':4096:8',
    ...(run.device === 'cuda' ? { CUDA_VISIBLE_DEVICES: String(slot) } : {}),
  };
}

function toSageMakerVariables(run: RunFacts, attempt: AttemptFacts): Record<string, string> {
  const { baseFolder, channels } = attempt;
  const parameters = Object.entries(toTexts(run.hyperparameters)).sort(([left], [right]) =>
    left < right ? -1 : 1,
  );
  return {
    SAGEMAKER_BASE_DIR: baseFolder,
    SM_MODEL_DIR: `${baseFolder}/model`,
    SM_OUTPUT_DIR: `${baseFolder}/output`,
    SM_OUTPUT_DATA_DIR: `${baseFolder}/output/data`,
    SM_INPUT_DIR: `${baseFolder}/input`,
    SM_INPUT_CONFIG_DIR: `${baseFolder}/input/config`,
    SM_CHANNELS: JSON.stringify(channels),
    ...Object.fromEntries(
      channels.map((name) => [`SM_CHANNEL_${name.toUpperCase()}`, toChannel(baseFolder, name)]),
    ),
    SM_HPS: toCanonicalJson(run.hyperparameters),
    ...Object.fromEntries(
      parameters.map(([name, value]) => [`SM_HP_${name.toUpperCase()}`, value]),
    ),
    SM_USER_ARGS: JSON.stringify(parameters.flatMap(([name, value]) => [`--${name}`, value])),
    SM_HOSTS: JSON.stringify([HOST]),
    SM_CURRENT_HOST: HOST,
    SM_NUM_GPUS: run.device === 'cuda' ? '1' : '0',
    SM_NUM_CPUS: THREADS,
    SM_NETWORK_INTERFACE_NAME: NETWORK_INTERFACE,
    SM_LOG_LEVEL: '20',
    SM_RESOURCE_CONFIG: toCanonicalJson(RESOURCE_CONFIG),
    SM_INPUT_DATA_CONFIG: toCanonicalJson(toInputDataConfig(channels)),
    SM_TRAINING_ENV: toCanonicalJson(toTrainingEnvironment(run, attempt)),
    TRAINING_JOB_NAME: run.runKey,
    AIP_MODEL_DIR: `${baseFolder}/model`,
    AIP_CHECKPOINT_DIR: `${baseFolder}/checkpoints`,
  };
}

function toPlumblineVariables(run: RunFacts, attempt: AttemptFacts): Record<string, string> {
  return {
    PLUMBLINE_BASE_DIR: attempt.baseFolder,
    PLUMBLINE_RUN_ID: run.runKey,
    PLUMBLINE_ATTEMPT: String(attempt.attempt),
    PLUMBLINE_RESUME: attempt.isResume ? '1' : '0',
    PLUMBLINE_COMMIT: run.digests.commit,
    PLUMBLINE_SPEC_DIGEST: run.digests.spec,
    PLUMBLINE_SNAPSHOT_DIGEST: run.digests.snapshot,
    PLUMBLINE_TRAINER_DIGEST: run.digests.trainer,
    PLUMBLINE_SEED: String(run.seed),
    PLUMBLINE_DEADLINE: toRfc3339(attempt.deadline),
    PLUMBLINE_ZONE: run.zone,
    PLUMBLINE_POOL: run.pool,
    PLUMBLINE_DEVICE: run.device,
  };
}

function toRunConfig(run: RunFacts, attempt: AttemptFacts): JsonObject {
  const { runKey, model, zone, pool, device, seed, digests, hyperparameters } = run;
  return {
    v: 1,
    ...{ runKey, model, zone, pool, device, seed, digests, hyperparameters },
    baseFolder: attempt.baseFolder,
    channels: attempt.channels,
    attempt: attempt.attempt,
    resume: attempt.isResume,
    deadline: toRfc3339(attempt.deadline),
  };
}

const RESOURCE_CONFIG = {
  current_host: HOST,
  hosts: [HOST],
  network_interface_name: NETWORK_INTERFACE,
  current_instance_group: 'homogeneousCluster',
  instance_groups: [
    { instance_group_name: 'homogeneousCluster', instance_type: 'local', hosts: [HOST] },
  ],
};

function toInputDataConfig(channels: readonly string[]): JsonObject {
  const channel = {
    TrainingInputMode: 'File',
    S3DistributionType: 'FullyReplicated',
    RecordWrapperType: 'None',
    ContentType: 'application/vnd.apache.parquet',
  };
  return Object.fromEntries(channels.map((name) => [name, channel]));
}

function toTrainingEnvironment(run: RunFacts, { baseFolder, channels }: AttemptFacts): JsonObject {
  return {
    channel_input_dirs: Object.fromEntries(
      channels.map((name) => [name, toChannel(baseFolder, name)]),
    ),
    current_host: HOST,
    hosts: [HOST],
    hyperparameters: run.hyperparameters,
    input_config_dir: `${baseFolder}/input/config`,
    input_data_config: toInputDataConfig(channels),
    input_dir: `${baseFolder}/input`,
    job_name: run.runKey,
    log_level: 20,
    model_dir: `${baseFolder}/model`,
    network_interface_name: NETWORK_INTERFACE,
    num_cpus: 1,
    num_gpus: run.device === 'cuda' ? 1 : 0,
    output_data_dir: `${baseFolder}/output/data`,
    output_dir: `${baseFolder}/output`,
    resource_config: RESOURCE_CONFIG,
  };
}

function toChannel(baseFolder: string, name: string): string {
  return `${baseFolder}/input/data/${name}`;
}

function toTexts(parameters: RunFacts['hyperparameters']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, String(value)]),
  );
}
