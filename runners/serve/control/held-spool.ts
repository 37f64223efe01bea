import type { Log } from '../../../reconciler/ports/log.ts';
import { describeError } from '../describe-error.ts';
import { type BootSpool, removeSpool, writeSpool } from './spool.ts';
import { isEmpty } from './spool-steps.ts';

/** The counts of one boot, in memory and on disk alike. */
export type HeldSpool = {
  /** One change after the other. It is on disk when this resolves; else see `persist` below. */
  readonly change: (step: (spool: BootSpool) => BootSpool) => Promise<BootSpool>;
};

export function createHeldSpool(deps: {
  readonly folder: string;
  readonly log: Log;
  readonly initial: BootSpool;
  readonly isOnDisk: boolean;
}): HeldSpool {
  let held = deps.initial;
  let onDisk: BootSpool | null = deps.isOnDisk ? held : null;
  let turn: Promise<unknown> = Promise.resolve();

  const persist = async (spool: BootSpool): Promise<void> => {
    if (spool === onDisk) return;
    if (isEmpty(spool)) {
      if (onDisk !== null) await removeSpool(deps.folder, spool.boot);
      onDisk = null;
      return;
    }
    try {
      await writeSpool(deps.folder, spool);
      onDisk = spool;
    } catch (error) {
      const why = describeError(error);
      const message = `counts cannot be spooled and are lost if the node is killed now: ${why}`;
      deps.log.write({ level: 'error', event: 'counts-not-spooled', message });
      // What is on disk is older than what will be sent: after a crash it would count twice.
      await removeSpool(deps.folder, spool.boot);
      onDisk = null;
    }
  };

  return {
    change(step) {
      const done = turn.then(async () => {
        held = step(held);
        await persist(held);
        return held;
      });
      turn = done.catch(() => undefined);
      return done;
    },
  };
}
