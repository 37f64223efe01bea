import { CodedError } from './coded-error.ts';
import type { ErrorCode } from './error-codes.ts';
import {
  validateCounterDelta,
  validateEvaluationReport,
  validateModelManifest,
  validateRouteAcknowledgement,
  validateRouteTable,
  validateSnapshotRecord,
  validateTrainerManifest,
  validateVersionRecord,
} from './generated/contract-validators.generated.ts';
import type { CounterDelta } from './generated/counter-delta.generated.ts';
import type { EvaluationReport } from './generated/evaluation-report.generated.ts';
import type { ModelManifest } from './generated/model-manifest.generated.ts';
import type { RouteAcknowledgement } from './generated/route-acknowledgement.generated.ts';
import type { RouteTable } from './generated/route-table.generated.ts';
import type { SnapshotRecord } from './generated/snapshot-record.generated.ts';
import type { TrainerManifest } from './generated/trainer-manifest.generated.ts';
import type { VersionRecord } from './generated/version-record.generated.ts';

/** Everything that crosses a process, by the title of its schema. */
export type ContractByName = {
  readonly CounterDelta: CounterDelta;
  readonly EvaluationReport: EvaluationReport;
  readonly ModelManifest: ModelManifest;
  readonly RouteAcknowledgement: RouteAcknowledgement;
  readonly RouteTable: RouteTable;
  readonly SnapshotRecord: SnapshotRecord;
  readonly TrainerManifest: TrainerManifest;
  readonly VersionRecord: VersionRecord;
};

export type ContractName = keyof ContractByName;

type Validator = {
  (value: unknown): boolean;
  errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
};

const VALIDATORS: Readonly<Record<ContractName, Validator>> = {
  CounterDelta: validateCounterDelta,
  EvaluationReport: validateEvaluationReport,
  ModelManifest: validateModelManifest,
  RouteAcknowledgement: validateRouteAcknowledgement,
  RouteTable: validateRouteTable,
  SnapshotRecord: validateSnapshotRecord,
  TrainerManifest: validateTrainerManifest,
  VersionRecord: validateVersionRecord,
};

export type ParsedContract<T> =
  | { readonly state: 'valid'; readonly value: T }
  /** Where it is wrong, as a JSON pointer, and how; never a value. */
  | { readonly state: 'invalid'; readonly why: string };

/** Judges a value that came from elsewhere by its schema. */
export function checkContract<Name extends ContractName>(
  name: Name,
  value: unknown,
): ParsedContract<ContractByName[Name]> {
  const validate = VALIDATORS[name];
  if (validate(value)) return { state: 'valid', value: value as ContractByName[Name] };
  const [first] = validate.errors ?? [];
  const where = first?.instancePath === '' ? 'the whole' : (first?.instancePath ?? 'the whole');
  return { state: 'invalid', why: `${where}: ${first?.message ?? 'is not of this shape'}` };
}

/** As text; what is no JSON is invalid too. Depth and size are bounded by whoever read it. */
export function parseContract<Name extends ContractName>(
  name: Name,
  text: string,
): ParsedContract<ContractByName[Name]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { state: 'invalid', why: 'the whole: is no JSON' };
  }
  return checkContract(name, value);
}

/** For what must be valid: throws the code, naming what was read. */
export function requireContract<Name extends ContractName>(
  name: Name,
  text: string,
  failure: { readonly code: ErrorCode; readonly what: string },
): ContractByName[Name] {
  const parsed = parseContract(name, text);
  if (parsed.state === 'valid') return parsed.value;
  throw new CodedError(failure.code, `${failure.what} is malformed at ${parsed.why}`);
}
