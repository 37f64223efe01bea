import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { CounterEntry } from '../../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { ControlChannel } from '../../../reconciler/ports/control-channel.ts';
import type { Log } from '../../../reconciler/ports/log.ts';
import { describeError } from '../describe-error.ts';
import { createHeldSpool, type HeldSpool } from './held-spool.ts';
import { type BootSpool, listBoots, readSpool, removeSpool } from './spool.ts';
import { addWaiting, beginSending, createSpool, endSending, refuseSending } from './spool-steps.ts';

/** What is counted within it is what a node that is killed may lose. */
const EVERY_MS = 1_000;

/** Starts of a node while nobody took its counts; the oldest of more are given up, and said. */
const MAX_PAST_BOOTS = 256;

/** Deltas sent in one go; what is left goes a second later. */
const MAX_SENDS = 64;

export type CounterShipperDeps = {
  readonly channel: ControlChannel;
  /** For the node alone: one file per boot, with what nobody has taken for certain. */
  readonly folder: string;
  /** What was counted since the last call. */
  readonly collect: () => readonly CounterEntry[];
  readonly zone: string;
  readonly node: string;
  /** Another one at each start. */
  readonly boot: string;
  readonly clock: Clock;
  readonly log: Log;
};

export type CounterShipper = {
  /** Until `signal` is aborted, whatever happens: it never rejects. Then call `flush`. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Collects and sends now. `spooled`: the next start sends what is left. Never rejects. */
  readonly flush: () => Promise<'sent' | 'spooled'>;
};

/**
 * Brings counts to the control plane so that each counts once. They are on disk before they are
 * sent and stay there until they were taken; a delta without an answer may have been taken, so it
 * is sent again as it was, under its own boot and sequence, also after a restart. A node that is
 * killed loses at most what it counted since the last second.
 */
export function createCounterShipper(deps: CounterShipperDeps): CounterShipper {
  const own = holdSpool(deps, createSpool(deps.boot), false);
  let shipping: Promise<boolean> = Promise.resolve(true);
  let hasPastBoots = true;
  let isAway = false;

  const keep = () => attempt(deps, async () => void (await keepCounts(deps, own)));
  const shipOnce = async (): Promise<boolean> => {
    try {
      if (hasPastBoots) await shipPastBoots(deps);
      hasPastBoots = false;
      const isAll = await shipSpool(deps, own);
      if (isAway) say(deps, 'info', 'counts-taken-again', 'counts are taken again');
      isAway = false;
      return isAll;
    } catch (error) {
      // Said once: the next hundred seconds are no news.
      if (!isAway) say(deps, 'warn', 'counts-not-taken', describeError(error));
      isAway = true;
      return false;
    }
  };
  const ship = (): Promise<boolean> => {
    shipping = shipping.then(shipOnce);
    return shipping;
  };
  const repeat = async (act: () => Promise<unknown>, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await act();
      await deps.clock.sleep(EVERY_MS, signal);
    }
  };

  return {
    async run(signal) {
      // Apart: a send that hangs for ten seconds must not keep counts off the disk.
      await Promise.all([repeat(keep, signal), repeat(ship, signal)]);
    },
    async flush() {
      const isKept = await keep();
      return (await ship()) && isKept ? 'sent' : 'spooled';
    },
  };
}

/** What was collected is in memory even when the disk is full, and is written with the next. */
async function keepCounts(deps: CounterShipperDeps, own: HeldSpool): Promise<BootSpool> {
  const collected = deps.collect();
  return own.change((spool) => addWaiting(spool, collected));
}

async function shipPastBoots(deps: CounterShipperDeps): Promise<void> {
  const boots = (await listBoots(deps.folder)).filter((boot) => boot !== deps.boot);
  const surplus = Math.max(0, boots.length - MAX_PAST_BOOTS);
  for (const boot of boots.slice(0, surplus)) await giveUp(deps, boot);
  for (const boot of boots.slice(surplus)) {
    const spool = await readPast(deps, boot);
    if (spool !== null) await shipWhole(deps, holdSpool(deps, spool, true));
  }
}

async function shipWhole(deps: CounterShipperDeps, held: HeldSpool): Promise<void> {
  let isAll = false;
  // Each round sends something or throws, and nothing is added to a boot that is over.
  while (!isAll) isAll = await shipSpool(deps, held);
}

async function readPast(deps: CounterShipperDeps, boot: string): Promise<BootSpool | null> {
  const spool = await readSpool(deps.folder, boot);
  if (typeof spool !== 'string') return spool;
  say(deps, 'error', 'counts-broken', `the counts of boot ${boot} are set aside: ${spool}`);
  return null;
}

async function giveUp(deps: CounterShipperDeps, boot: string): Promise<void> {
  const spool = await readPast(deps, boot);
  const entries = [...(spool?.sending ?? []), ...(spool?.waiting ?? [])];
  const requests = entries.reduce((sum, entry) => sum + entry.requests, 0);
  const message = `too many boots wait to be heard: counts of ${requests} requests are given up`;
  say(deps, 'error', 'counts-given-up', message);
  await removeSpool(deps.folder, boot);
}

/** Oldest first. False when more is left than one go sends. */
async function shipSpool(deps: CounterShipperDeps, held: HeldSpool): Promise<boolean> {
  for (let sends = 0; sends < MAX_SENDS; sends += 1) {
    const spool = await held.change(beginSending);
    if (spool.sending === null) return true;
    await held.change(await send(deps, spool, spool.sending));
  }
  return false;
}

/** What to do with the spool afterwards. Throws when it is not known whether it was taken. */
async function send(
  deps: CounterShipperDeps,
  { boot, sequence }: BootSpool,
  entries: readonly CounterEntry[],
): Promise<(spool: BootSpool) => BootSpool> {
  const { zone, node } = deps;
  try {
    await deps.channel.sendCounters({ v: 1, zone, node, boot, sequence, entries });
    return endSending;
  } catch (error) {
    if (!isCodedError(error, 'P703')) throw error;
    const requests = entries.reduce((sum, entry) => sum + entry.requests, 0);
    const fate = entries.length > 1 ? 'are tried in parts' : `of ${requests} requests are lost`;
    say(deps, 'error', 'counts-refused', `counts ${fate}: ${error.message}`);
    return entries.length === 0 ? endSending : refuseSending;
  }
}

function holdSpool(deps: CounterShipperDeps, initial: BootSpool, isOnDisk: boolean): HeldSpool {
  const { folder, log } = deps;
  return createHeldSpool({ folder, log, initial, isOnDisk });
}

async function attempt(deps: CounterShipperDeps, act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    say(deps, 'error', 'counts-not-kept', describeError(error));
    return false;
  }
}

function say(
  { log }: CounterShipperDeps,
  level: 'info' | 'warn' | 'error',
  event: string,
  message: string,
): void {
  log.write({ level, event, message });
}
