import { parseAllDocuments } from 'yaml';
import { API_VERSION } from '../contracts/normal-form.ts';

export type ReleaseWords = {
  readonly namespace: string;
  /** A release has the name of its endpoint. */
  readonly endpoint: string;
  readonly version: string;
};

/** The document that gives all traffic of an endpoint to one version. */
export function toReleaseText({ namespace, endpoint, version }: ReleaseWords): string {
  return [
    `apiVersion: ${API_VERSION}`,
    'kind: Release',
    'metadata:',
    `  name: ${endpoint}`,
    `  namespace: ${namespace}`,
    'spec:',
    `  endpoint: ${endpoint}`,
    '  versions:',
    `    - version: ${version}`,
    '      percent: 100',
    '',
  ].join('\n');
}

/**
 * The same for a file that has a release already, with everything else in it left as people wrote
 * it. Null when the file does not hold that release in a form that can be edited.
 */
export function replaceVersions(
  text: string,
  { namespace, endpoint, version }: ReleaseWords,
): string | null {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return null;
  const found = documents.find(
    (document) =>
      document.get('kind') === 'Release' &&
      document.getIn(['metadata', 'name']) === endpoint &&
      document.getIn(['metadata', 'namespace']) === namespace,
  );
  if (found === undefined) return null;
  found.setIn(['spec', 'versions'], found.createNode([{ version, percent: 100 }]));
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('');
}
