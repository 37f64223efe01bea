import { planTarget } from '../../core/plan/planners/target.ts';
import type { Executor } from '../../ports/executor.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import { createReceiverHandler } from '../receiver-handler.ts';

/** A target's pools become slots on its executor. */
export function createTargetHandler(ports: { readonly executor: Executor }): KindHandler {
  return createReceiverHandler('Target', planTarget, ports.executor);
}
