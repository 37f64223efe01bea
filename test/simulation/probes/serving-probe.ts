import type { PullLog } from '../../../reconciler/ports/forge.ts';
import type { Routes } from '../../../reconciler/ports/routes.ts';
import { type ProbeDeps, refusalsTold } from './receiver-probe.ts';

/** Tells every weight that is truly in force from now on. */
export function probeRoutes(routes: Routes, { zone, actor, tell }: ProbeDeps): Routes {
  return {
    ...routes,
    async putVersions(fence, endpoint, versions) {
      const place = { zone, actor, by: 'routes', epoch: fence.epoch } as const;
      const write = () => routes.putVersions(fence, endpoint, versions);
      const revision = await refusalsTold(write, place, tell);
      await tell({ kind: 'epoch-accepted', ...place, what: 'weights' });
      await tell({ kind: 'weighed', zone, versions: versions ?? [], revision });
      return revision;
    },
  };
}

/** Tells what truly happened to a pull request. */
export function probePulls(
  log: PullLog,
  { zone, tell }: Pick<ProbeDeps, 'zone' | 'tell'>,
): PullLog {
  return {
    ...log,
    async append(event, signer) {
      await log.append(event, signer);
      await tell({ kind: 'pulled', zone, event });
    },
  };
}
