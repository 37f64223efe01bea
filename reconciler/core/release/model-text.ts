import { editDocument } from './edit-document.ts';

/** The file of a model with its window moved. Null when only a person can edit it. */
export function replaceAsOf(
  text: string,
  { namespace, name, asOf }: { namespace: string; name: string; asOf: string },
): string | null {
  return editDocument(text, { kind: 'Model', namespace, name }, (model) =>
    model.setIn(['spec', 'training', 'window', 'asOf'], asOf),
  );
}
