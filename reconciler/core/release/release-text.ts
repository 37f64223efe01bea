import { type Document, isSeq } from 'yaml';
import { API_VERSION } from '../contracts/normal-form.ts';
import { editDocument } from './edit-document.ts';

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

export type QuarantineEntry = {
  readonly version: string;
  readonly runKey: string;
  readonly reason: string;
};

/**
 * The same for a file that has a release already, with everything else in it left as people wrote
 * it. Null when the file does not hold that release in a form that can be edited.
 */
export function replaceVersions(text: string, words: ReleaseWords): string | null {
  return editRelease(text, words, (release) => setVersion(release, words.version));
}

/** What is gone back to, with the version that failed where nobody releases it by accident. */
export function revertVersions(
  text: string,
  words: ReleaseWords,
  entry: QuarantineEntry,
): string | null {
  return editRelease(text, words, (release) => {
    setVersion(release, words.version);
    const path = ['spec', 'quarantine'];
    const known = release.getIn(path);
    if (isSeq(known)) known.add(release.createNode(entry));
    else release.setIn(path, release.createNode([entry]));
  });
}

/** The versions that a file releases to an endpoint; none where it cannot be read. */
export function listReleased(
  text: string,
  { namespace, endpoint }: Pick<ReleaseWords, 'namespace' | 'endpoint'>,
): readonly string[] {
  const versions: string[] = [];
  editDocument(text, { kind: 'Release', namespace, name: endpoint }, (release) => {
    const { spec } = release.toJS({ maxAliasCount: 0 }) as { spec?: { versions?: unknown } };
    const listed = Array.isArray(spec?.versions) ? spec.versions : [];
    versions.push(...listed.map((one: { version?: unknown }) => String(one?.version)));
  });
  return versions;
}

function setVersion(release: Document, version: string): void {
  release.setIn(['spec', 'versions'], release.createNode([{ version, percent: 100 }]));
}

function editRelease(
  text: string,
  { namespace, endpoint }: Pick<ReleaseWords, 'namespace' | 'endpoint'>,
  edit: (release: Document) => void,
): string | null {
  return editDocument(text, { kind: 'Release', namespace, name: endpoint }, edit);
}
