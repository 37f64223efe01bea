import type { Plant } from './plant.ts';

export const askedAgain: Plant = {
  name: 'asked-again',
  bug: 'what people closed or merged is proposed once more after a restart',
  foundBy: ['I-33'],
  wrapServing: (ports) => ({
    ...ports,
    proposals: {
      ...ports.proposals,
      stateOf: async (branch) => {
        const state = await ports.proposals.stateOf(branch);
        return state === 'open' ? 'open' : null;
      },
    },
  }),
};
