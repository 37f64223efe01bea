import { type Document, parseAllDocuments } from 'yaml';

export type DocumentName = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

/**
 * One document of a file changed, and everything else left as people wrote it. Null when the file
 * does not hold it in a form that can be edited.
 */
export function editDocument(
  text: string,
  { kind, namespace, name }: DocumentName,
  edit: (document: Document) => void,
): string | null {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return null;
  const found = documents.find(
    (document) =>
      document.get('kind') === kind &&
      document.getIn(['metadata', 'name']) === name &&
      document.getIn(['metadata', 'namespace']) === namespace,
  );
  if (found === undefined) return null;
  edit(found);
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('');
}
