/** What one client may ask of a server: each says how much, and why that is enough for its own. */
export type HttpLimits = {
  readonly maxConnections: number;
  /** Answers in progress or unread. */
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
  /** From the first byte of a request to the end of its body. */
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  /** A connection on which nothing moves, such as a client that does not read its answer. */
  readonly idleSocketMs: number;
  /** How long `stop` waits for answers in progress. */
  readonly drainMs: number;
};
