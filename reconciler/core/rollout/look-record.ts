import { toCanonicalJson } from '../contracts/canonical-json.ts';
import { type Judgement, judgeRollout, type Look } from './judge-rollout.ts';
import type { JudgeSpec } from './judge-spec.ts';
import type { WeightEpoch } from './weight-epoch.ts';

/** One look with all that went into it: whole numbers, from which anyone comes to the same verdict. */
export type LookRecord = {
  readonly v: 1;
  readonly spec: JudgeSpec;
  readonly epochs: readonly WeightEpoch[];
  readonly look: Look;
  readonly judgement: Judgement;
};

export function recordLook(
  spec: JudgeSpec,
  epochs: readonly WeightEpoch[],
  look: Look,
): LookRecord {
  return { v: 1, spec, epochs, look, judgement: judgeRollout(spec, epochs, look) };
}

/** What the recorded counts come to, and whether that is what the record says. */
export function recomputeLook({ spec, epochs, look, judgement }: LookRecord): {
  readonly isSame: boolean;
  readonly judgement: Judgement;
} {
  const again = judgeRollout(spec, epochs, look);
  return { isSame: toCanonicalJson(again) === toCanonicalJson(judgement), judgement: again };
}
