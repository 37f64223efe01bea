import { MAX_CONTROL_MESSAGE_BYTES } from '../../core/contracts/control-message.ts';
import type { HttpLimits } from '../http/http-limits.ts';

/** What the nodes of this machine may ask. */
export type ControlLimits = HttpLimits & {
  /** A delta or an acknowledgement. */
  readonly maxBodyBytes: number;
  /** How long a node that knows the last routes waits for the next ones. */
  readonly followMs: number;
  /** How soon a change by another process is seen; one by this process is announced. */
  readonly pollMs: number;
};

/**
 * A zone has a few nodes, each with one wait for routes and one message at a time: 32 answers of
 * bodies of 4 MiB are 128 MiB. A wait for routes is an answer in progress, on whose connection
 * nothing moves, so a connection may be idle for longer than that.
 */
export const DEFAULT_CONTROL_LIMITS: ControlLimits = {
  maxConnections: 64,
  maxAnswers: 32,
  maxRequestsPerConnection: 1_000,
  maxHeaderBytes: 8 * 1024,
  maxUrlLength: 512,
  headersTimeoutMs: 5_000,
  connectionsCheckMs: 1_000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 5_000,
  idleSocketMs: 60_000,
  drainMs: 5_000,
  maxBodyBytes: MAX_CONTROL_MESSAGE_BYTES,
  followMs: 25_000,
  pollMs: 500,
};
