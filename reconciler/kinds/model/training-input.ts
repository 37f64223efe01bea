import { CodedError } from '../../core/contracts/coded-error.ts';
import { type NormalForm, toRef } from '../../core/contracts/normal-form.ts';
import { toSourceDefinition } from '../../core/features/to-source-definition.ts';
import type { ViewDefinition } from '../../core/features/view-definition.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { UsedSnapshot } from '../../core/training/run-key.ts';
import type { TrainingData, TrainingInput } from '../../core/training/training-plan.ts';
import type { Snapshots, StoredSnapshot } from '../../ports/snapshots.ts';
import { resolveViewDefinition } from '../view-definitions.ts';
import type { ZoneForms } from '../zone-forms.ts';

/**
 * Everything that a run reads, looked up once, when it is started: the newest accepted snapshots,
 * or those that are pinned because a version was made from them before.
 */
export async function resolveTrainingInput(
  ports: { readonly forms: ZoneForms; readonly snapshots: Snapshots },
  model: NormalForm,
  trainerDigest: string,
  pinned: readonly UsedSnapshot[] = [],
): Promise<TrainingInput> {
  const { namespace } = toRef(model);
  const { label } = toTypedSpec(model, 'Model');
  const readData = async (path: string): Promise<TrainingData> => {
    const [, name = ''] = path.split('/');
    const form = await ports.forms.require('DataSource', name, namespace);
    const used = pinned.find(({ source }) => source === path) ?? null;
    const stored = await readSnapshot(ports.snapshots, path, used);
    // Under which definition the rows were accepted belongs to the key, also when it was another.
    const { digest, sourceDigest } = used ?? stored.record;
    const snapshot = { source: path, digest, sourceDigest };
    return { source: toSourceDefinition(form), snapshot, rowsFile: stored.rowsFile };
  };
  const views = new Map<string, { definition: ViewDefinition; data: TrainingData }>();
  for (const [name, definition] of await resolveViews(ports.forms, model)) {
    views.set(name, { definition, data: await readData(definition.source) });
  }
  const labelData = await readData(`${namespace}/${label.source}`);
  return { model, views, label: labelData, trainerDigest };
}

/** What the views of a model mean now, by the names that it uses. */
export async function resolveViews(
  forms: ZoneForms,
  model: NormalForm,
): Promise<ReadonlyMap<string, ViewDefinition>> {
  const { namespace } = toRef(model);
  const views = new Map<string, ViewDefinition>();
  for (const { view: name } of toTypedSpec(model, 'Model').features) {
    const form = await forms.require('FeatureView', name, namespace);
    views.set(name, await resolveViewDefinition(forms, form));
  }
  return views;
}

async function readSnapshot(
  snapshots: Snapshots,
  path: string,
  used: UsedSnapshot | null,
): Promise<StoredSnapshot> {
  if (used !== null) return snapshots.find(path, used.digest);
  const stored = await snapshots.readAccepted(path);
  if (stored !== null) return stored;
  const message = `the source ${path} has no accepted snapshot`;
  throw new CodedError('P802', message, { remedy: 'retry' });
}
