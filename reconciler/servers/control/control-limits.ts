import { MAX_CONTROL_MESSAGE_BYTES } from '../../core/contracts/control-message.ts';
import { type ApiLimits, DEFAULT_API_LIMITS } from '../api/api-limits.ts';

/** What the nodes of this machine may ask; the names of the limits are those of the API server. */
export type ControlLimits = ApiLimits & {
  /** A delta or an acknowledgement. With `maxAnswers` of them in memory these are 128 MiB. */
  readonly maxBodyBytes: number;
  /** How long a node that knows the last routes waits for the next ones. */
  readonly followMs: number;
  /** How soon a change by another process is seen; one by this process is announced. */
  readonly pollMs: number;
};

export const DEFAULT_CONTROL_LIMITS: ControlLimits = {
  ...DEFAULT_API_LIMITS,
  maxUrlLength: 512,
  maxBodyBytes: MAX_CONTROL_MESSAGE_BYTES,
  followMs: 25_000,
  pollMs: 500,
  // A wait for routes is an answer in progress, and longer than a person would wait.
  idleSocketMs: 60_000,
  answerTimeoutMs: 40_000,
};
