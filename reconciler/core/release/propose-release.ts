import { toShortDigest } from '../contracts/digest.ts';
import type {
  EvaluationMetric,
  VersionRecord,
} from '../contracts/generated/version-record.generated.ts';
import type { Ref } from '../contracts/ref.ts';
import { toPrintable } from '../spec/printable.ts';
import type { Proposal, RepoFile } from './proposal.ts';
import { replaceVersions, toReleaseText } from './release-text.ts';

export type ReleaseQuestion = {
  readonly endpoint: Ref;
  readonly environment: string;
  /** What the environment says of releases that the machine proposes. */
  readonly approval: 'person' | 'none';
  /** What its model has come to, and what was measured of it. */
  readonly record: VersionRecord;
  /** What the endpoint runs now. */
  readonly served: readonly { readonly version: string; readonly percent: number }[];
  /** Where main has the release of this endpoint; null when it has none. */
  readonly file: RepoFile | null;
};

const MAX_WHY_LENGTH = 300;

/** Names the cause of a release proposal: an endpoint and the version that it lacks. */
export function toReleaseBranch(endpoint: Ref, version: string): string {
  return `${toBranchPrefix(endpoint)}${version.slice('sha256:'.length).slice(0, 12)}`;
}

function toBranchPrefix({ namespace, name }: Ref): string {
  return `plumbline/release/${namespace}.${name}/`;
}

/** Null when main has the release in a file that only a person can edit. */
export function proposeRelease(question: ReleaseQuestion): Proposal | null {
  const { endpoint, environment, record, file } = question;
  const { namespace, name } = endpoint;
  const words = { namespace, endpoint: name, version: record.version };
  const text = file === null ? toReleaseText(words) : replaceVersions(file.text, words);
  if (text === null) return null;
  const path = file?.path ?? `releases/${environment}/${namespace}.${name}.yaml`;
  return {
    branch: toReleaseBranch(endpoint, record.version),
    replaces: toBranchPrefix(endpoint),
    title: `Release ${toShortDigest(record.version)} to ${namespace}/${name} in ${environment}`,
    body: describeRelease(question),
    files: [{ path, text }],
    mergedBecause: question.approval === 'none' ? describeUnasked(environment) : null,
  };
}

export function describeUnasked(environment: string): string {
  return `The machine merges this itself and nobody was asked: the environment ${environment} says \`releaseApproval: none\`.`;
}

/**
 * What a reviewer needs to decide. Values of data, such as the groups that were measured apart,
 * stay in the zone: only figures over all held-out rows are told.
 */
function describeRelease({ endpoint, environment, record, served }: ReleaseQuestion): string {
  return [
    `The model ${record.model} has a version that passed its gates. Merging this gives it all traffic of the endpoint ${endpoint.namespace}/${endpoint.name} in ${environment}, by the steps of its rollout; ${describeServed(served)}.`,
    '',
    ...describeVersion(record),
    '',
    'Closing this declines the version for this endpoint. Reverting the merge later takes it back without a training.',
  ].join('\n');
}

/** What was measured of a version, how its gates were judged and where it comes from. */
export function describeVersion({
  evaluation,
  gates,
  snapshots,
  version,
  runKey,
  trainerDigest,
  seed,
}: VersionRecord): readonly string[] {
  const overall = evaluation.metrics.filter(({ slice }) => slice === null);
  return [
    `Measured on ${evaluation.rows.test} held-out rows:`,
    ...overall.map((metric) => `- ${describeMetric(metric)}`),
    '',
    gates.length === 0 ? 'It has no gates.' : 'Gates:',
    ...gates.map(({ verdict, why }) => `- ${verdict}: ${toPrintable(why, MAX_WHY_LENGTH)}`),
    '',
    'Where it comes from:',
    `- version ${version}`,
    `- run ${runKey}`,
    ...snapshots.map(({ source, digest }) => `- data ${source} ${digest}`),
    `- trainer ${trainerDigest}, seed ${seed}`,
  ];
}

function describeServed(served: ReleaseQuestion['served']): string {
  if (served.length === 0) return 'nothing is served there yet';
  const shares = served.map(({ version, percent }) => `${toShortDigest(version)} at ${percent} %`);
  return `it serves ${shares.join(', ')} now`;
}

function describeMetric({ name, value, interval }: EvaluationMetric): string {
  const range =
    interval === null
      ? ''
      : ` (${interval.lower.toFixed(4)} to ${interval.upper.toFixed(4)} at ${Math.round(interval.level * 100)} %)`;
  return `${name} ${value.toFixed(4)}${range}`;
}
