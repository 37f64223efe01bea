import type { KindHandler, KindTable } from '../ports/kind-handler.ts';

export function handlerOf(kinds: KindTable, kind: string): KindHandler {
  const handler = kinds.get(kind);
  if (handler === undefined) throw new Error(`no handler for the kind ${kind}`);
  return handler;
}
