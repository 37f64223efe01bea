import type { JsonObject } from '../contracts/json.ts';
import { type NormalForm, toNormalForm } from '../contracts/normal-form.ts';
import type { Ref } from '../contracts/ref.ts';

/**
 * Targets of a release's effects that are no form of it: what a planner writes and a handler reads.
 * They hold no times, so that the same step has the same identity however often it is planned.
 */
export type Rollback = {
  /** The release that is given up. */
  readonly desired: NormalForm;
  /** What is live afterwards. */
  readonly back: NormalForm;
};

export function toRollbackTarget(ref: Ref, { desired, back }: Rollback): NormalForm {
  return toNormalForm(ref, { rollback: desired.spec, to: back.spec });
}

export function readRollbackTarget(ref: Ref, { spec }: NormalForm): Rollback {
  const { rollback, to } = spec as Readonly<Record<'rollback' | 'to', JsonObject>>;
  return { desired: toNormalForm(ref, rollback), back: toNormalForm(ref, to) };
}

export type Resumption = {
  /** The shares that come back. */
  readonly live: NormalForm;
  readonly canary: string;
  readonly release: string;
};

export function toResumeTarget(ref: Ref, { live, canary, release }: Resumption): NormalForm {
  return toNormalForm(ref, { resume: { live: live.spec, canary, release } });
}

export function readResumeTarget(ref: Ref, { spec }: NormalForm): Resumption {
  const { live, canary, release } = spec['resume'] as {
    readonly live: JsonObject;
    readonly canary: string;
    readonly release: string;
  };
  return { live: toNormalForm(ref, live), canary, release };
}
