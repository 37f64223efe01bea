import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { ErrorCode } from '../../reconciler/core/contracts/error-codes.ts';
import type { Clock } from '../../reconciler/ports/clock.ts';
import type { FaultLog } from './fault-log.ts';
import type { Fate, Faults } from './faults.ts';
import type { Gate, PortCall, PortName } from './gate.ts';
import { type Actor, createActor, type Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export type FaultyGateDeps = {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly faultLog: FaultLog;
  readonly trace: Trace;
  /** Resolves when hung calls may go on. */
  readonly whenFreed: () => Promise<void>;
  readonly crash: (call: PortCall) => void;
  readonly pause: (call: PortCall, durationMs: number) => void;
};

/** What a driver of that port says when the other side does not answer. */
const NO_ANSWER: Readonly<Record<PortName, ErrorCode>> = {
  lease: 'P401',
  admissions: 'P401',
  journal: 'P401',
  outbox: 'P401',
  definitions: 'P401',
  git: 'P404',
  executor: 'P406',
  anchor: 'P410',
  policy: 'P303',
  forge: 'P404',
  routes: 'P401',
  counters: 'P401',
  artifacts: 'P806',
  connections: 'P801',
  snapshots: 'P802',
  'online-features': 'P401',
  trainers: 'P809',
  runs: 'P406',
  nodes: 'P810',
};

/**
 * Lets the scheduler interleave every call with everything else, before it arrives and before its
 * answer is heard, and does to the call what the faults decide.
 */
export function createFaultyGate(deps: FaultyGateDeps): Gate {
  const { scheduler, faults, trace, clock } = deps;
  return async (call, invoke) => {
    await scheduler.step(call.actor);
    let fate = faults.decide(call);
    if (fate.kind === 'pause') {
      deps.faultLog.count('pause');
      deps.pause(call, fate.durationMs);
      await scheduler.step(call.actor);
      fate = { kind: 'arrives' };
    }
    trace.write(toLine(clock, call, fate.kind));
    await suffer(deps, call, fate, invoke);
    try {
      return await arrive(deps, call, fate, invoke);
    } finally {
      await scheduler.step(call.actor);
    }
  };
}

/** What happens to the call on its way there. */
async function suffer<T>(
  deps: FaultyGateDeps,
  call: PortCall,
  fate: Fate,
  invoke: () => Promise<T>,
): Promise<void> {
  if (fate.kind === 'lost') {
    deps.faultLog.count(call.port === 'policy' ? 'policy-error' : 'call-lost');
    await deps.scheduler.step(call.actor);
    throw toNoAnswer(call);
  }
  if (fate.kind === 'crash' && fate.isBefore) {
    deps.faultLog.count(call.method === 'apply' ? 'crash-before-effect' : 'crash-elsewhere');
    if (fate.afterlifeMs !== null) deliverLater(deps, call, fate.afterlifeMs, invoke);
    await die(deps, call);
  }
  if (fate.kind === 'slow' && fate.isBefore) await delay(deps, call.actor, fate.delayMs);
  if (fate.kind === 'hung' && fate.isBefore) await hang(deps, call.actor);
}

/** The call arrives, and then something may happen to its answer. */
async function arrive<T>(
  deps: FaultyGateDeps,
  call: PortCall,
  fate: Fate,
  invoke: () => Promise<T>,
): Promise<T> {
  if (fate.kind === 'doubled') {
    deps.faultLog.count('call-doubled');
    await invoke().catch(() => undefined);
    await deps.scheduler.step(call.actor);
  }
  const result = await invoke();
  if (fate.kind === 'crash') {
    deps.faultLog.count(toCrashClass(call));
    await die(deps, call);
  }
  if (fate.kind === 'slow' && !fate.isBefore) await delay(deps, call.actor, fate.delayMs);
  if (fate.kind === 'hung' && !fate.isBefore) await hang(deps, call.actor);
  if (fate.kind === 'answer-lost') {
    deps.faultLog.count('answer-lost');
    throw toNoAnswer(call);
  }
  return result;
}

function toCrashClass(call: PortCall) {
  if (call.method === 'apply') return 'crash-after-effect';
  return call.method === 'recordOutcome' ? 'crash-after-outcome' : 'crash-elsewhere';
}

/** Never comes back: the scheduler resumes no dead actor. */
async function die(deps: FaultyGateDeps, call: PortCall): Promise<void> {
  deps.crash(call);
  await deps.scheduler.step(call.actor);
}

async function delay(deps: FaultyGateDeps, actor: Actor, delayMs: number): Promise<void> {
  deps.faultLog.count('call-slow');
  await deps.clock.sleep(delayMs);
  await deps.scheduler.step(actor);
}

async function hang(deps: FaultyGateDeps, actor: Actor): Promise<void> {
  deps.faultLog.count('call-hung');
  await deps.whenFreed();
  await deps.scheduler.step(actor);
}

function deliverLater<T>(
  deps: FaultyGateDeps,
  call: PortCall,
  delayMs: number,
  invoke: () => Promise<T>,
): void {
  const network = createActor('network');
  const deliver = async () => {
    await deps.clock.sleep(delayMs);
    await deps.scheduler.step(network);
    deps.faultLog.count('message-after-death');
    deps.trace.write(toLine(deps.clock, call, 'arrives after death'));
    await invoke();
  };
  // Nobody is left to hear how it went.
  deliver().catch(() => undefined);
}

function toNoAnswer(call: PortCall): CodedError {
  const message = `no answer from ${call.port}.${call.method}`;
  return new CodedError(NO_ANSWER[call.port], message, { remedy: 'retry' });
}

function toLine(clock: Clock, call: PortCall, fate: string): string {
  const { actor, port, method, subject } = call;
  return `${clock.now()} ${actor.name} ${port}.${method} ${subject} ${fate}`;
}
