import type { CounterDelta } from '../core/contracts/generated/counter-delta.generated.ts';
import type { RouteAcknowledgement } from '../core/contracts/generated/route-acknowledgement.generated.ts';
import type { RouteTable } from '../core/contracts/generated/route-table.generated.ts';

/** How a data-plane node reaches the control plane of its zone, which may be away at any time. */
export interface ControlChannel {
  /**
   * The route table as soon as its revision is above `after`, or null when none came in time.
   * Throws P811 when the control plane cannot be reached, and soon.
   */
  followRoutes(after: number, signal: AbortSignal): Promise<RouteTable | null>;
  /** Throws P811 when it was not taken, and P703 when it was refused for what it says. */
  acknowledge(acknowledgement: RouteAcknowledgement): Promise<void>;
  /**
   * Durable on the other side when it resolves. After P811 it may or may not have been taken: send
   * it again. Throws P703 when it was refused for what it says: it was not taken, and never will.
   */
  sendCounters(delta: CounterDelta): Promise<void>;
}
