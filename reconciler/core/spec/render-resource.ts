import { stringify } from 'yaml';
import { API_VERSION } from '../contracts/normal-form.ts';
import { PLATFORM_NAMESPACE } from '../contracts/ref.ts';
import type { Resource } from './resource.ts';

/** A resource as a document that says everything, defaults included, and reads back as the same. */
export function renderResource({ ref, labels, formerly, spec }: Resource): string {
  const room = ref.namespace === PLATFORM_NAMESPACE ? {} : { namespace: ref.namespace };
  const notes = Object.keys(labels).length === 0 ? {} : { labels };
  const past = formerly.length === 0 ? {} : { formerly };
  const metadata = { name: ref.name, ...room, ...notes, ...past };
  // Aliases are no part of the language, and a folded line would hide where a text ends.
  return stringify(
    { apiVersion: API_VERSION, kind: ref.kind, metadata, spec },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}
