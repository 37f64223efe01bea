import { isCodedError } from '../../core/contracts/coded-error.ts';
import { toDefinitionDigest } from '../../core/features/contract.ts';
import type { OnlineFeatures, OnlineRow, OnlineState } from '../../ports/online-features.ts';
import { resolveViewDefinition } from '../view-definitions.ts';
import type { ZoneForms } from '../zone-forms.ts';

export type FoundOnlineRow = {
  readonly state: OnlineState;
  readonly isLive: boolean;
  /** Names of the features, in the order of the row's values. */
  readonly features: readonly string[];
  /** Null when the key is unknown. */
  readonly row: OnlineRow | null;
};

export type FindOnlineRowPorts = {
  readonly online: Pick<OnlineFeatures, 'read' | 'readDefinition' | 'listStates'>;
  readonly forms: ZoneForms;
};

/**
 * A key's values by the view's live definition; by the one whose rows were made last when there are
 * none of that. The names are those of the rows' own definition, since values stand in its order.
 * Null when the view has no rows.
 */
export async function findOnlineRow(
  { online, forms }: FindOnlineRowPorts,
  view: string,
  entityKey: string,
): Promise<FoundOnlineRow | null> {
  const live = await findLiveDigest(forms, view);
  const states = await online.listStates(view);
  const state = states.find(({ definitionDigest }) => definitionDigest === live) ?? states[0];
  if (state === undefined) return null;
  const { definitionDigest } = state;
  const definition = await online.readDefinition(definitionDigest);
  const [row = null] = await online.read([{ definitionDigest, entityKey }]);
  // They went between two questions.
  if (definition === null || row === 'not-made') return null;
  const features = definition.features.map(({ name }) => name);
  return { state, isLive: definitionDigest === live, features, row };
}

/** Null when the view, or what it names, is not live: its rows may be served all the same. */
async function findLiveDigest(forms: ZoneForms, view: string): Promise<string | null> {
  const [namespace = '', name = ''] = view.split('/');
  try {
    const form = await forms.require('FeatureView', name, namespace);
    return toDefinitionDigest(await resolveViewDefinition(forms, form));
  } catch (error) {
    if (isCodedError(error, 'P406')) return null;
    throw error;
  }
}
