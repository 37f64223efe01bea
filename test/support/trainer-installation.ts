import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { PYTHON_NAMES } from '../../reconciler/adapters/trainers/virtual-environment/interpreter.ts';
import {
  createVirtualEnvironmentTrainers,
  type VirtualEnvironmentTrainersDeps,
} from '../../reconciler/adapters/trainers/virtual-environment/trainers.ts';
import type { Trainers } from '../../reconciler/ports/trainers.ts';

const toPath = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** The real packages take a minute to install: runs of the tests share what one of them made. */
export function openBundledTrainers(
  overrides: Partial<VirtualEnvironmentTrainersDeps> = {},
): Trainers {
  return createVirtualEnvironmentTrainers({
    programsFolder: toPath('runners/train'),
    environmentsFolder: toPath('.plumbline/environments'),
    environment: process.env,
    interpreters: PYTHON_NAMES,
    clock: createSystemClock(),
    randomness: createSystemRandomness(),
    processIdentity: createSystemProcessIdentity(),
    ...overrides,
  });
}
