import { CodedError } from '../../../core/contracts/coded-error.ts';
import { digestJson } from '../../../core/contracts/digest.ts';
import type { InstalledTrainer, Trainers } from '../../../ports/trainers.ts';

/** What outlives a simulated crash. Mutable on purpose. */
export type MemoryTrainerTables = {
  /** By name: the version of each program that there is. */
  readonly programs: Map<string, number>;
  /** Names of those that are set up. */
  readonly installed: Set<string>;
};

export function createMemoryTrainerTables(programs: readonly string[]): MemoryTrainerTables {
  return { programs: new Map(programs.map((name) => [name, 1])), installed: new Set() };
}

export function createMemoryTrainers(deps: { readonly tables: MemoryTrainerTables }): Trainers {
  const { programs, installed } = deps.tables;
  return {
    async ensure(program) {
      const version = programs.get(program);
      if (version === undefined) {
        throw new CodedError('P809', `there is no bundled trainer ${JSON.stringify(program)}`);
      }
      installed.add(program);
      return toInstalled(program, version);
    },

    async find(program) {
      const version = programs.get(program);
      return version !== undefined && installed.has(program) ? toInstalled(program, version) : null;
    },

    async remove(program) {
      installed.delete(program);
    },
  };
}

function toInstalled(program: string, version: number): InstalledTrainer {
  return { program, digest: digestJson({ program, version }), argv: ['train', program] };
}
