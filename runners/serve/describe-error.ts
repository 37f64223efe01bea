/** For the node's own log and files; what reaches clients is decided in `http/answer.ts`. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
