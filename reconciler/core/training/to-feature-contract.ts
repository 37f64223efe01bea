import type {
  ContractFeature,
  FeatureContract,
} from '../contracts/generated/model-manifest.generated.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { toDefinitionDigest } from '../features/contract.ts';
import type { ViewDefinition } from '../features/view-definition.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';

/** The input of a model: first what is looked up, view by view, then what the request brings. */
export function toFeatureContract(
  model: NormalForm,
  views: ReadonlyMap<string, ViewDefinition>,
): FeatureContract {
  const spec = toTypedSpec(model, 'Model');
  const used = spec.features.map(({ view, names }) => ({
    definition: findView(views, view),
    names,
  }));
  const looked = used.flatMap(({ definition, names }) =>
    names.map((name) => toLookedUp(definition, name)),
  );
  const brought = spec.requestFeatures.map(({ name, categories }) => toBrought(name, categories));
  return {
    v: 1,
    views: used.map(({ definition }) => ({
      view: definition.view,
      definitionDigest: toDefinitionDigest(definition),
      keys: definition.keys.map((key) => key.name),
      timeToLiveSeconds: definition.timeToLiveSeconds,
    })),
    features: [...looked, ...brought],
  };
}

function findView(views: ReadonlyMap<string, ViewDefinition>, name: string): ViewDefinition {
  const definition = views.get(name);
  if (definition === undefined) throw new Error(`the view ${name} was not resolved`);
  return definition;
}

function toLookedUp(definition: ViewDefinition, name: string): ContractFeature {
  const feature = definition.features.find((candidate) => candidate.name === name);
  if (feature === undefined) throw new Error(`${definition.view} has no feature ${name}`);
  const categories = feature.kind === 'latest' ? feature.categories : null;
  return { ...toBrought(name, categories ?? undefined), view: definition.view };
}

function toBrought(name: string, categories: readonly string[] | undefined): ContractFeature {
  return {
    name,
    view: null,
    kind: categories === undefined ? 'number' : 'category',
    categories: [...(categories ?? [])],
  };
}
