/**
 * What one client may ask of the server. It serves a few people and probes: 64 connections of at
 * most 8 KiB of headers are 512 KiB, and whoever is slow is cut off before a person would wait.
 */
export type ApiLimits = {
  readonly maxConnections: number;
  /** Answers in progress or unread. The status of 10,000 resources is 5 MB: together 160 MB. */
  readonly maxAnswers: number;
  /** Then the client connects again, so that none holds its place for ever. */
  readonly maxRequestsPerConnection: number;
  /** All header lines together. The number of lines is bounded by it too: each takes four bytes. */
  readonly maxHeaderBytes: number;
  readonly maxUrlLength: number;
  /** From the first byte of a request, or from the connection, to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** How often connections are compared with the two limits around this one. */
  readonly connectionsCheckMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  /** A connection on which nothing moves, such as a client that does not read its answer. */
  readonly idleSocketMs: number;
  readonly answerTimeoutMs: number;
  /** How long `stop` waits for answers in progress. */
  readonly drainMs: number;
};

export const DEFAULT_API_LIMITS: ApiLimits = {
  maxConnections: 64,
  maxAnswers: 32,
  maxRequestsPerConnection: 1_000,
  maxHeaderBytes: 8 * 1024,
  maxUrlLength: 2048,
  headersTimeoutMs: 5_000,
  connectionsCheckMs: 1_000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 5_000,
  idleSocketMs: 30_000,
  answerTimeoutMs: 10_000,
  drainMs: 5_000,
};
