import { type NormalForm, toRef } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import type { RolloutFacts } from '../../core/plan/planners/rollout.ts';
import type { RolloutJudgement } from '../../core/rollout/advance-rollout.ts';
import { composeEpochs } from '../../core/rollout/compose-epochs.ts';
import { hearWeight, type WeightState } from '../../core/rollout/hear-weight.ts';
import { type Judgement, judgeRollout } from '../../core/rollout/judge-rollout.ts';
import type { RolloutPosition } from '../../core/rollout/rollout-position.ts';
import { type RolloutPlan, toRolloutPlan } from '../../core/rollout/to-rollout-plan.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Counters } from '../../ports/counters.ts';
import type { Routes } from '../../ports/routes.ts';
import type { ServingNodes } from '../../ports/serving-nodes.ts';
import type { ZoneForms } from '../zone-forms.ts';
import type { ReleaseNotes } from './release-notes.ts';

export type RolloutPorts = {
  readonly routes: Routes;
  readonly nodes: ServingNodes;
  readonly counters: Counters;
  readonly clock: Pick<Clock, 'now'>;
};

/** Nobody has said anything of a weight that was not written yet. */
const NOT_WRITTEN: WeightState = { state: 'awaited', nodes: [] };

/** How a rollout stands in the world; null where all traffic goes over at once. */
export async function lookAtRollout(
  ports: RolloutPorts,
  forms: ZoneForms,
  live: NormalForm,
  { position }: ReleaseNotes,
): Promise<RolloutFacts | null> {
  const plan = await readPlan(forms, live, position);
  if (plan === null && (position === undefined || position.end === 'promoted')) return null;
  const { steps, judge } = plan ?? { steps: [], judge: null };
  if (position === undefined || position.end !== null) {
    return { steps, position: position ?? null, weight: NOT_WRITTEN, judgement: null };
  }
  const weight = await hear(ports, position);
  const judgement = judge === null ? null : await judgeNow(ports, live, position, judge);
  return { steps, position, weight, judgement };
}

/** A release has the name of its endpoint. While that is not known, a rollout does not go on. */
async function readPlan(
  forms: ZoneForms,
  live: NormalForm,
  position: RolloutPosition | undefined,
): Promise<RolloutPlan | null> {
  const { namespace, name } = toRef(live);
  const isUnderWay = position !== undefined && position.end === null;
  const endpoint = isUnderWay
    ? await forms.require('Endpoint', name, namespace)
    : await forms.find('Endpoint', name, namespace);
  return endpoint === null ? null : toRolloutPlan(toTypedSpec(endpoint, 'Endpoint'));
}

async function hear(
  { routes, nodes }: RolloutPorts,
  { stages, canary, isWritten }: RolloutPosition,
): Promise<WeightState> {
  const stage = stages.at(-1);
  if (stage === undefined || !isWritten) return NOT_WRITTEN;
  const node = await nodes.find();
  return hearWeight({
    revision: stage.fromRevision,
    canary,
    nodes: node === null ? [] : [node.name],
    acknowledgements: await routes.listAcknowledgements(),
  });
}

/** By what was counted until now: asking often costs nothing, and changes no bound. */
async function judgeNow(
  { counters, clock }: RolloutPorts,
  live: NormalForm,
  { canary, stable, stages, startedAt, latched }: RolloutPosition,
  judge: NonNullable<RolloutPlan['judge']>,
): Promise<RolloutJudgement | null> {
  if (stable === null) return null;
  const totals = await counters.readTotals(toResourcePath(toRef(live)));
  const epochs = composeEpochs({ totals, stages, canary, stable });
  return describe(judgeRollout(judge, epochs, { now: clock.now(), startedAt, latched }));
}

/** What ends a rollout is said with what was counted until then, also by the look after that one. */
function describe({ verdict, reason, message, isOverdue, evidence }: Judgement): RolloutJudgement {
  const counted = evidence.absolute;
  if (verdict !== 'promote' || counted === null) return { verdict, reason, message, isOverdue };
  const counts = `${counted.failures} of its ${counted.requests} requests failed`;
  const shown = `it has shown what promotion asks for, and nothing speaks against it (${counts})`;
  return { verdict, reason, message: shown, isOverdue };
}
