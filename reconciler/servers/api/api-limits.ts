import type { HttpLimits } from '../http/http-limits.ts';

export type ApiLimits = HttpLimits & { readonly answerTimeoutMs: number };

/**
 * It serves a few people and probes: 64 connections of at most 8 KiB of headers are 512 KiB, and
 * whoever is slow is cut off before a person would wait. The status of 10,000 resources is 5 MB:
 * 32 answers together are 160 MB.
 */
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
