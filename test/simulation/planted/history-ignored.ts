import type { Plant } from './plant.ts';

export const historyIgnored: Plant = {
  name: 'history-ignored',
  bug: 'main is followed wherever a forced push takes it',
  foundBy: ['I-24'],
  wrapGit: (git) => ({ ...git, isAncestor: async () => true }),
};
