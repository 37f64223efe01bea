import { type NormalForm, toRef } from '../core/contracts/normal-form.ts';
import { toViewDefinition } from '../core/features/to-view-definition.ts';
import type { ViewDefinition } from '../core/features/view-definition.ts';
import { toTypedSpec } from '../core/spec/typed-spec.ts';
import type { ZoneForms } from './zone-forms.ts';

/** What a FeatureView means now, with the entity and the source that it names. */
export async function resolveViewDefinition(
  forms: ZoneForms,
  view: NormalForm,
): Promise<ViewDefinition> {
  const { entity, source } = toTypedSpec(view, 'FeatureView');
  const { namespace } = toRef(view);
  return toViewDefinition({
    view,
    entity: await forms.require('Entity', entity, namespace),
    source: await forms.require('DataSource', source, namespace),
  });
}
