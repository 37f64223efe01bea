import { CodedError } from '../../../core/contracts/coded-error.ts';
import { MAX_CONTROL_MESSAGE_BYTES } from '../../../core/contracts/control-message.ts';
import { type ContractName, checkContract } from '../../../core/contracts/parse-contract.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ControlChannel } from '../../../ports/control-channel.ts';
import type { Counters } from '../../../ports/counters.ts';
import type { Routes } from '../../../ports/routes.ts';

/** Whether the control plane can be reached at the moment. Mutable on purpose. */
export type MemoryControlSwitch = { isAway: boolean };

const FOLLOW_MS = 25_000;
const POLL_MS = 100;

/** Straight to the stores, in the same process. */
export function createMemoryControlChannel(deps: {
  readonly zone: string;
  readonly routes: Routes;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly control: MemoryControlSwitch;
  readonly followMs?: number;
}): ControlChannel {
  const { zone, routes, counters, clock, control, followMs = FOLLOW_MS } = deps;
  const requireReachable = (): void => {
    if (!control.isAway) return;
    throw new CodedError('P811', 'the control plane is away', { remedy: 'retry' });
  };
  const requireValid = (name: ContractName, value: { readonly zone: string }): void => {
    const size = Buffer.byteLength(JSON.stringify(value));
    if (size > MAX_CONTROL_MESSAGE_BYTES) throw refuse('it is too large');
    const checked = checkContract(name, value);
    if (checked.state === 'invalid') throw refuse(`it is no ${name}: ${checked.why}`);
    if (value.zone !== zone) throw refuse(`it is of the zone ${value.zone}, not ${zone}`);
  };

  return {
    async followRoutes(after, signal) {
      const deadline = clock.now() + followMs;
      while (!signal.aborted) {
        requireReachable();
        const table = await routes.read();
        if (table.revision > after) return table;
        const leftMs = deadline - clock.now();
        if (leftMs <= 0) return null;
        await clock.sleep(Math.min(POLL_MS, leftMs), signal);
      }
      return null;
    },
    async acknowledge(acknowledgement) {
      requireReachable();
      requireValid('RouteAcknowledgement', acknowledgement);
      await routes.acknowledge(acknowledgement);
    },
    async sendCounters(delta) {
      requireReachable();
      requireValid('CounterDelta', delta);
      await counters.accept(delta);
    },
  };
}

function refuse(why: string): CodedError {
  return new CodedError('P703', `the message is refused: ${why}`);
}
