import { listShares } from '../../../reconciler/core/release/shares.ts';
import { isExecution } from '../world-events.ts';
import type { Invariant } from './invariant.ts';
import { readCanary } from './read-canary.ts';

export const rollbacksHold: Invariant = {
  id: 'I-04',
  says: 'a version that was taken back is at 0 at once, and stays there until people ask again',
  watch: ({ reached, violate }) => {
    const served = new Map<string, readonly string[]>();
    /** By zone: versions that were given up, with whether main has asked for something else since. */
    const givenUp = new Map<string, Map<string, boolean>>();
    return {
      onEvent: (event) => {
        if (event.kind === 'admitted') {
          const release = event.admission.desired.find(({ kind }) => kind === 'Release');
          const asked =
            release === undefined ? [] : listShares(release).map(({ version }) => version);
          const failed = givenUp.get(event.zone) ?? new Map<string, boolean>();
          for (const version of failed.keys()) {
            if (!asked.includes(version)) failed.set(version, true);
          }
        }
        if (event.kind === 'weighed') {
          const { zone, versions } = event;
          served.set(
            zone,
            versions.map(({ version }) => version),
          );
          for (const { version } of versions) {
            if (givenUp.get(zone)?.get(version) === false) {
              violate(`${version.slice(0, 15)} is served again although it was taken back`);
            }
          }
        }
        if (event.kind !== 'applied' || event.effect.action !== 'rollback') return;
        if (!isExecution(event)) return;
        reached();
        const { zone, target } = event;
        const canary = readCanary(target);
        if (canary === null) return;
        if (served.get(zone)?.includes(canary))
          violate(`${canary} keeps a share after it was taken back`);
        const failed = givenUp.get(zone) ?? new Map<string, boolean>();
        givenUp.set(zone, failed.set(canary, false));
      },
    };
  },
};
