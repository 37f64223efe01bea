import type { Phase, WorldEvent } from '../world-events.ts';
import type { Invariant } from './invariant.ts';

const WRITES: readonly WorldEvent['kind'][] = [
  'applied',
  'intent-opened',
  'outcome-recorded',
  'admitted',
  'appended',
  'ledgered',
];

export const restIsRest: Invariant = {
  id: 'I-23',
  says: 'at the fixpoint nothing is written, also after a change of leaders or a commit without effect',
  watch: ({ reached, violate }) => {
    let phase: Phase = 'disturbed';
    const admissions = new Set<string>();
    return {
      onEvent: (event) => {
        if (event.kind === 'phase') {
          phase = event.phase;
          if (phase === 'resting' || phase === 'remarked') reached();
          return;
        }
        if (phase !== 'resting' && phase !== 'remarked') return;
        if (!WRITES.includes(event.kind)) return;
        const isFirstAdmission = event.kind === 'admitted' && !admissions.has(event.zone);
        if (phase === 'remarked' && isFirstAdmission) admissions.add(event.zone);
        else violate(`"${event.kind}" was written in ${event.zone} while ${phase}`);
      },
    };
  },
};
