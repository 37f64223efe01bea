import type { Invariant } from './invariant.ts';

type Standing = {
  readonly percent: number;
  /** The first revision that named the version, and the one that raised its share last. */
  readonly since: number;
  readonly raisedAt: number;
};

export const weightsFollowReadiness: Invariant = {
  id: 'I-03',
  says: 'weights sum to 100, and none rises before nodes have loaded the version and confirmed its weight, but for what was in force just before',
  watch: ({ reached, violate }) => {
    const standings = new Map<string, Map<string, Standing>>();
    /** By zone: the shares before the last write, which a crash in its middle brings back. */
    const earlier = new Map<string, string>();
    /** By zone: what was confirmed, by version the highest revision under which it was loaded. */
    const confirmed = new Map<string, Map<string, number>>();
    return {
      onEvent: (event) => {
        if (event.kind === 'acknowledged') {
          const loaded = confirmed.get(event.zone) ?? new Map<string, number>();
          confirmed.set(event.zone, loaded);
          for (const version of event.loaded) {
            loaded.set(version, Math.max(loaded.get(version) ?? 0, event.revision));
          }
        }
        if (event.kind !== 'weighed') return;
        reached();
        const { zone, versions, revision } = event;
        const before = standings.get(zone) ?? new Map<string, Standing>();
        const sum = versions.reduce((total, { percent }) => total + percent, 0);
        if (versions.length > 0 && sum !== 100) violate(`the weights sum to ${sum}`);
        const isReturn = earlier.get(zone) === toText(versions);
        const last = toText([...before].map(([version, { percent }]) => ({ version, percent })));
        // The same write may arrive twice.
        if (last !== toText(versions)) earlier.set(zone, last);
        const after = new Map<string, Standing>();
        for (const { version, percent } of versions) {
          const known = before.get(version);
          const isRaised = percent > (known?.percent ?? 0);
          if (isRaised && before.size > 0 && !isReturn) {
            const seen = confirmed.get(zone)?.get(version) ?? -1;
            const needed = known === undefined ? null : Math.max(known.since, known.raisedAt);
            if (needed === null || seen < needed) {
              violate(`${version.slice(0, 15)} gets ${percent} % before nodes are ready for it`);
            }
          }
          after.set(version, {
            percent,
            since: known?.since ?? revision,
            raisedAt: isRaised || known === undefined ? revision : known.raisedAt,
          });
        }
        standings.set(zone, after);
      },
    };
  },
};

function toText(shares: readonly { readonly version: string; readonly percent: number }[]): string {
  return shares
    .map(({ version, percent }) => `${version} ${percent}`)
    .sort()
    .join();
}
