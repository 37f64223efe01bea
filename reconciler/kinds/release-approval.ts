import { toRequiredApprovals } from '../core/plan/platform-rules.ts';
import { toTypedSpec } from '../core/spec/typed-spec.ts';
import type { Definitions } from '../ports/definitions.ts';
import { createZoneForms } from './zone-forms.ts';

/** What an environment lets the machine do counts only where main may hold what nobody approved. */
export async function readReleaseApproval(
  definitions: Definitions,
  environment: string,
): Promise<'person' | 'none'> {
  const forms = createZoneForms(definitions);
  const form = await forms.find('Environment', environment);
  if (form === null || toTypedSpec(form, 'Environment').releaseApproval !== 'none') return 'person';
  const platform = (await definitions.list()).find(({ kind }) => kind === 'Platform');
  const rules = platform === undefined ? null : await forms.find('Platform', platform.name);
  return rules !== null && toRequiredApprovals([rules]) === 'none' ? 'none' : 'person';
}
