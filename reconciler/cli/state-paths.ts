import { isAbsolute, join } from 'node:path';
import { CodedError } from '../core/contracts/coded-error.ts';
import type { CommandIo } from './command.ts';

/** Where one installation keeps everything that is not in Git. */
export type StatePaths = {
  readonly root: string;
  /** The platform repo and, on its audit branches, the ledger. */
  readonly repository: string;
  readonly instance: string;
  readonly keys: string;
  readonly anchors: string;
  readonly processes: string;
  readonly zones: string;
  readonly secrets: string;
  /** Environments of trainers, by what they are made of. */
  readonly environments: string;
  /** What was parsed before; may go at any time. */
  readonly parsedFiles: string;
};

/** `--state`, else PLUMBLINE_STATE, else `.plumbline` in the current folder. */
export function toStatePaths(option: string | undefined, io: CommandIo): StatePaths {
  // An unset variable in a script must not make an installation of whatever folder it runs in.
  if (option === '') throw new CodedError('P601', '--state names no folder');
  const chosen = option ?? (io.env['PLUMBLINE_STATE'] || '.plumbline');
  const root = isAbsolute(chosen) ? chosen : join(io.cwd, chosen);
  return {
    root,
    repository: join(root, 'platform.git'),
    instance: join(root, 'instance.json'),
    keys: join(root, 'keys'),
    anchors: join(root, 'anchors'),
    processes: join(root, 'processes'),
    zones: join(root, 'zones'),
    secrets: join(root, 'secrets'),
    parsedFiles: join(root, 'parsed-files'),
    environments: io.env['PLUMBLINE_ENVIRONMENTS'] || join(root, 'environments'),
  };
}

/** What Plumbline makes in the folder; the record of the installation is the last to go. */
export const STATE_ENTRIES = [
  'platform.git',
  'keys',
  'anchors',
  'processes',
  'zones',
  'secrets',
  'environments',
  'postgres',
  'npm-cache',
  'parsed-files',
  'instance.json.partial',
  'instance.json',
] as const;

/** The option that every command shares. */
export const STATE_OPTION = { state: { type: 'string' } } as const;

export const STATE_HELP = '  --state DIR      the installation to use (default .plumbline)';
