import type { NormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import { toLiveForm } from '../../../reconciler/kinds/kept-states.ts';
import type { Invariant } from './invariant.ts';

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
          const asked = release === undefined ? [] : listVersions(release);
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
        if (event.before.lastEffectId === event.effect.id) return;
        reached();
        const { zone, target } = event;
        const back = target === null ? null : toLiveForm(target);
        const canary = readCanary(target);
        const left = (served.get(zone) ?? []).filter((version) => version === canary);
        if (left.length > 0) violate(`${canary} keeps a share after it was taken back`);
        if (back === null || canary === null) return;
        const failed = givenUp.get(zone) ?? new Map<string, boolean>();
        givenUp.set(zone, failed.set(canary, false));
      },
    };
  },
};

function listVersions({ spec }: NormalForm): readonly string[] {
  const versions = spec['versions'] as unknown as readonly { readonly version: string }[];
  return versions.map(({ version }) => version);
}

function readCanary(target: NormalForm | null): string | null {
  const notes = target?.spec['notes'] as { readonly position?: { readonly canary: string } } | null;
  return notes?.position?.canary ?? null;
}
