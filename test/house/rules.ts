import { decisions } from './rules/decisions.ts';
import { dependencies } from './rules/dependencies.ts';
import { errorCodes } from './rules/error-codes.ts';
import { fileNames } from './rules/file-names.ts';
import { forms } from './rules/forms.ts';
import { importCycles } from './rules/import-cycles.ts';
import { importTable } from './rules/import-table.ts';
import { leftovers } from './rules/leftovers.ts';
import { lockFile } from './rules/lock-file.ts';
import { machineNames } from './rules/machine-names.ts';
import { namedPaths, oneHeading } from './rules/markdown.ts';
import { moduleState } from './rules/module-state.ts';
import { newcomerQuestions } from './rules/newcomer-questions.ts';
import { outsideWorld } from './rules/outside-world.ts';
import { portContracts } from './rules/port-contracts.ts';
import { fileSize, functionSize } from './rules/sizes.ts';
import { suppressions } from './rules/suppressions.ts';
import { timeAndChance } from './rules/time-and-chance.ts';
import { topLevel } from './rules/top-level.ts';
import type { Rule } from './tree.ts';

/** The rules of the house. Each has a test of the same name that plants a breach. */
export const RULES: readonly Rule[] = [
  decisions,
  dependencies,
  errorCodes,
  fileNames,
  fileSize,
  forms,
  functionSize,
  importCycles,
  importTable,
  leftovers,
  lockFile,
  machineNames,
  moduleState,
  namedPaths,
  newcomerQuestions,
  oneHeading,
  outsideWorld,
  portContracts,
  suppressions,
  timeAndChance,
  topLevel,
];
