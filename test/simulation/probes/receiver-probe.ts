import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { Receiver } from '../../../reconciler/ports/receiver.ts';
import type { ReceiverName, WorldEvent } from '../world-events.ts';

export type ProbeDeps = {
  readonly zone: string;
  readonly actor: string;
  readonly tell: (event: WorldEvent) => Promise<void>;
};

/** Tells what a receiver truly did. `claimed` epochs are what the caller said, not what was made of it. */
export function probeReceiver<T extends Receiver>(
  receiver: T,
  name: ReceiverName,
  { zone, actor, tell }: ProbeDeps,
): T {
  const probed: Receiver = {
    async raiseFence(fence) {
      await refusalsTold(
        () => receiver.raiseFence(fence),
        { zone, actor, by: name, epoch: fence.epoch },
        tell,
      );
      const what = 'fence raised';
      await tell({ kind: 'epoch-accepted', zone, actor, by: name, what, epoch: fence.epoch });
    },
    async observe(ref) {
      const observation = await receiver.observe(ref);
      await tell({ kind: 'observed', zone, actor, receiver: name, ref });
      return observation;
    },
    list: () => receiver.list(),
    async apply(input) {
      const { fence, effect, target } = input;
      const before = await receiver.observe(effect.ref);
      const place = { zone, actor, by: name, epoch: fence.epoch };
      const live = await refusalsTold(() => receiver.apply(input), place, tell);
      const after = await receiver.observe(effect.ref);
      await tell({
        kind: 'applied',
        zone,
        actor,
        receiver: name,
        fence,
        effect,
        target,
        before,
        after,
      });
      await tell({ kind: 'epoch-accepted', ...place, what: `${effect.action} applied` });
      return live;
    },
  };
  return { ...receiver, ...probed };
}

/** A refused epoch is worth knowing too: it shows that fencing was put to the test. */
export async function refusalsTold<T>(
  act: () => Promise<T>,
  place: Omit<Extract<WorldEvent, { kind: 'epoch-refused' }>, 'kind'>,
  tell: ProbeDeps['tell'],
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (isCodedError(error, 'P403')) await tell({ kind: 'epoch-refused', ...place });
    throw error;
  }
}
