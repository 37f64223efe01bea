import { openIntent, perform, record } from '../../../reconciler/engine/effect-runner.ts';
import type { Plant } from './plant.ts';

export const backlogIgnored: Plant = {
  name: 'backlog-ignored',
  bug: 'effects go on although what they did cannot be written to the ledger',
  foundBy: ['I-28'],
  effectSteps: [openIntent, perform, record],
};
