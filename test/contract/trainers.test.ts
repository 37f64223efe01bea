import { appendFile } from 'node:fs/promises';
import {
  createMemoryTrainers,
  createMemoryTrainerTables,
} from '../../reconciler/adapters/trainers/memory/trainers.ts';
import { makeSmallTrainer } from '../support/small-trainer.ts';
import { describeTrainers } from './trainers.contract.ts';

describeTrainers({
  name: 'memory',
  async create() {
    const tables = createMemoryTrainerTables(['small']);
    return {
      trainers: createMemoryTrainers({ tables }),
      program: 'small',
      restart: () => createMemoryTrainers({ tables }),
      async changeProgram() {
        tables.programs.set('small', 2);
      },
      async close() {},
    };
  },
});

describeTrainers({
  name: 'virtual environments',
  async create() {
    const small = await makeSmallTrainer();
    return {
      trainers: small.open(),
      program: small.program,
      restart: () => small.open(),
      changeProgram: () => appendFile(small.programFile, '# a newer version\n'),
      close: small.remove,
    };
  },
});
