import type { Actor } from './scheduler.ts';

export type PortName =
  | 'lease'
  | 'admissions'
  | 'journal'
  | 'outbox'
  | 'git'
  | 'definitions'
  | 'executor'
  | 'anchor'
  | 'policy'
  | ServingPortName;

export type ServingPortName =
  | 'forge'
  | 'routes'
  | 'counters'
  | 'artifacts'
  | 'connections'
  | 'snapshots'
  | 'online-features'
  | 'trainers'
  | 'runs'
  | 'nodes';

/** One call of a process to the world outside it. */
export type PortCall = {
  readonly zone: string;
  readonly actor: Actor;
  readonly port: PortName;
  readonly method: string;
  /** What it is about, as far as that can be told: a resource key, a branch. */
  readonly subject: string;
};

/** Every call passes here on its way out and on its way back. */
export type Gate = <T>(call: PortCall, invoke: () => Promise<T>) => Promise<T>;

type Method = (...input: unknown[]) => Promise<unknown>;

/** The same port, with each method behind the gate; what is no method stays as it is. */
export function gatePort<T extends object>(
  port: T,
  place: Pick<PortCall, 'zone' | 'actor' | 'port'>,
  gate: Gate,
): T {
  const gated = Object.entries(port).map(([method, member]: [string, unknown]) => {
    if (typeof member !== 'function') return [method, member];
    const invoke = member as Method;
    const through: Method = (...input) =>
      gate({ ...place, method, subject: toSubject(input) }, () => invoke.apply(port, input));
    return [method, through];
  });
  return Object.fromEntries(gated) as T;
}

type Named = { readonly kind?: string; readonly namespace?: string; readonly name?: string };

/** Finds the resource that a call is about in the shapes that the ports use. */
function toSubject(input: readonly unknown[]): string {
  for (const part of input) {
    if (typeof part === 'string') return part;
    const shape = (part ?? {}) as {
      readonly ref?: Named;
      readonly effect?: { readonly ref?: Named };
      readonly draft?: { readonly ref?: Named };
      readonly branch?: string;
    };
    const ref = shape.effect?.ref ?? shape.draft?.ref ?? shape.ref ?? (shape as Named);
    if (typeof shape.branch === 'string') return shape.branch;
    if (typeof ref.kind === 'string') return `${ref.kind}/${ref.namespace}/${ref.name}`;
  }
  return '';
}
