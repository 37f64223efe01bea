/**
 * What clients may ask of a node at the same time. 1,024 connections of at most 16 KiB of headers
 * are 16 MiB; bodies in progress are bounded together, and what waits for a model by its queue.
 */
export type HttpLimits = {
  readonly maxConnections: number;
  /** Answers in progress; one connection may ask for several at once. */
  readonly maxAnswers: number;
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  /** Of all requests whose body is being read. */
  readonly maxBodyBytesTogether: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly connectionsCheckMs: number;
  readonly keepAliveMs: number;
  /** A connection on which nothing moves; longer than a model may take. */
  readonly idleSocketMs: number;
  /** How long a stop waits for answers in progress. */
  readonly drainMs: number;
};

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxConnections: 1024,
  maxAnswers: 4096,
  maxHeaderBytes: 16 * 1024,
  maxBodyBytes: 16 * MEBIBYTE,
  maxBodyBytesTogether: 128 * MEBIBYTE,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 30_000,
  connectionsCheckMs: 1_000,
  keepAliveMs: 60_000,
  idleSocketMs: 120_000,
  drainMs: 12_000,
};
