import { compareText } from '../contracts/compare-text.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';
import type { TrafficSplit } from '../status/recent-story.ts';

/** Which versions answer where, from the releases that are live. */
export function listTraffic(live: readonly NormalForm[]): readonly TrafficSplit[] {
  return live
    .filter(({ kind }) => kind === 'Release')
    .map((form) => {
      const { endpoint, versions } = toTypedSpec(form, 'Release');
      return { endpoint: `${form.metadata.namespace}/${endpoint}`, versions };
    })
    .sort((left, right) => compareText(left.endpoint, right.endpoint));
}
