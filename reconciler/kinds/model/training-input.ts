import { CodedError } from '../../core/contracts/coded-error.ts';
import { type NormalForm, toRef } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { toSourceDefinition } from '../../core/features/to-source-definition.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { TrainingData, TrainingInput } from '../../core/training/training-plan.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { resolveViewDefinition } from '../view-definitions.ts';
import type { ZoneForms } from '../zone-forms.ts';

/** Everything that a run reads, looked up once, when it is started. */
export async function resolveTrainingInput(
  ports: { readonly forms: ZoneForms; readonly snapshots: Snapshots },
  model: NormalForm,
  trainerDigest: string,
): Promise<TrainingInput> {
  const { namespace } = toRef(model);
  const spec = toTypedSpec(model, 'Model');
  const readData = async (name: string): Promise<TrainingData> => {
    const form = await ports.forms.require('DataSource', name, namespace);
    return readAccepted(ports.snapshots, form);
  };
  const views = new Map<string, { definition: Definition; data: TrainingData }>();
  for (const { view: name } of spec.features) {
    const form = await ports.forms.require('FeatureView', name, namespace);
    const definition = await resolveViewDefinition(ports.forms, form);
    views.set(name, { definition, data: await readData(toTypedSpec(form, 'FeatureView').source) });
  }
  return { model, views, label: await readData(spec.label.source), trainerDigest };
}

type Definition = Awaited<ReturnType<typeof resolveViewDefinition>>;

async function readAccepted(snapshots: Snapshots, form: NormalForm): Promise<TrainingData> {
  const source = toSourceDefinition(form);
  const path = toResourcePath(toRef(form));
  const stored = await snapshots.readAccepted(path);
  if (stored === null) {
    throw new CodedError('P802', `the source ${path} has no accepted snapshot`, {
      remedy: 'retry',
    });
  }
  const { digest, sourceDigest } = stored.record;
  return { source, snapshot: { source: path, digest, sourceDigest }, rowsFile: stored.rowsFile };
}
