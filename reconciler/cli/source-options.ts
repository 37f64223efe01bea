import type { CommandIo } from './command.ts';
import { badUsage } from './parse-options.ts';
import type { SourceChoice } from './revision-source.ts';
import { STATE_OPTION, toStatePaths } from './state-paths.ts';

/** Of commands whose first word is a resource: where its files are. */
export const SOURCE_OPTIONS = {
  ...STATE_OPTION,
  dir: { type: 'string' },
  commit: { type: 'string' },
} as const;

export const SOURCE_HELP = `  --dir DIR        read the files of a folder (default: the current one)
  --commit REV     read a commit of the platform repo instead (main, or an oid)`;

type SourceValues = {
  readonly dir?: string | undefined;
  readonly commit?: string | undefined;
  readonly state?: string | undefined;
};

export function toSourceChoice(
  command: string,
  { dir, commit, state }: SourceValues,
  io: CommandIo,
): SourceChoice {
  if (dir !== undefined && commit !== undefined) {
    throw badUsage(command, '--dir and --commit exclude each other');
  }
  if (commit === undefined) return { kind: 'folder', path: dir ?? io.cwd };
  return { kind: 'commit', paths: toStatePaths(state, io), revision: commit };
}
