import type { FeatureContract } from '../contracts/generated/model-manifest.generated.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { toContractDigest } from '../features/contract.ts';
import type { SourceDefinition } from '../features/source-definition.ts';
import type { ViewDefinition } from '../features/view-definition.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';
import { toModelDigest } from './model-projection.ts';
import { type RunIdentity, toRunKey, toSnapshotDigest, type UsedSnapshot } from './run-key.ts';
import { toFeatureContract } from './to-feature-contract.ts';

/** An accepted snapshot of a source that a run reads. */
export type TrainingData = {
  readonly source: SourceDefinition;
  readonly snapshot: UsedSnapshot;
  readonly rowsFile: string;
};

/** Everything that a run of a model is made from, each resolved once. */
export type TrainingInput = {
  readonly model: NormalForm;
  /** By the name that the model uses. */
  readonly views: ReadonlyMap<
    string,
    { readonly definition: ViewDefinition; readonly data: TrainingData }
  >;
  readonly label: TrainingData;
  readonly trainerDigest: string;
};

export type TrainingPlan = {
  readonly runKey: string;
  readonly identity: RunIdentity;
  readonly snapshotDigest: string;
  readonly contract: FeatureContract;
};

/** What a run would be, before anything is started: the same inputs give the same key. */
export function planTraining(input: TrainingInput): TrainingPlan {
  const definitions = new Map([...input.views].map(([name, view]) => [name, view.definition]));
  const contract = toFeatureContract(input.model, definitions);
  const snapshots = listSnapshots(input);
  const identity: RunIdentity = {
    modelDigest: toModelDigest(input.model),
    contractDigest: toContractDigest(contract),
    snapshots,
    trainerDigest: input.trainerDigest,
    seed: toTypedSpec(input.model, 'Model').training.seed,
  };
  const snapshotDigest = toSnapshotDigest(snapshots);
  return { runKey: toRunKey(identity), identity, snapshotDigest, contract };
}

/** One for each source, however many views and labels come from it. */
function listSnapshots({ label, views }: TrainingInput): readonly UsedSnapshot[] {
  const all = [label, ...[...views.values()].map((view) => view.data)];
  return [...new Map(all.map(({ snapshot }) => [snapshot.source, snapshot])).values()];
}
