import type { Diagnostic } from '../../core/spec/diagnostic.ts';
import { type Command, type CommandIo, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';
import type { SourceChoice } from '../revision-source.ts';

export type ValidatedRevision = {
  readonly diagnostics: readonly Diagnostic[];
  readonly validCount: number;
  readonly heldBackCount: number;
  readonly ignoredDocuments: number;
  readonly frozen: boolean;
};

export const DIAGNOSTIC_FORMATS = ['text', 'json', 'github'] as const;
export type DiagnosticFormat = (typeof DIAGNOSTIC_FORMATS)[number];

export type ValidateCommandDeps = {
  readonly validate: (source: SourceChoice) => Promise<ValidatedRevision>;
  readonly format: (diagnostics: readonly Diagnostic[], format: DiagnosticFormat) => string;
};

const HELP = `
usage: plumb validate [DIR] [--commit REV] [--format text|json|github] [--state DIR]

Judges the YAML of a folder, or of a commit of the platform repo, from the files
alone: no server, no clock, no network. Documents of other APIs are ignored.

  DIR              the folder to judge (default: the current one)
  --commit REV     judge a commit of the platform repo instead (main, or an oid)
  --format F       text (default), json, or github (annotations)
${STATE_HELP}

Exit codes: 0 valid (there may be warnings); 1 invalid, or it could not be read.`;

export function createValidateCommand(deps: ValidateCommandDeps): Command {
  return {
    words: ['validate'],
    summary: 'judge the YAML of a folder or a commit',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'validate',
        args,
        {
          ...STATE_OPTION,
          commit: { type: 'string' },
          format: { type: 'string', default: 'text' },
        },
        { maxPositionals: 1 },
      );
      const format = parseChoice('validate', 'format', values.format, DIAGNOSTIC_FORMATS);
      const [folder] = positionals;
      if (folder !== undefined && values.commit !== undefined) {
        throw badUsage('validate', 'DIR and --commit exclude each other');
      }
      const paths = toStatePaths(values.state, io);
      const judged = await deps.validate(
        values.commit === undefined
          ? { kind: 'folder', path: folder ?? io.cwd }
          : { kind: 'commit', paths, revision: values.commit },
      );
      return report(deps, judged, format, io);
    },
  };
}

function report(
  deps: ValidateCommandDeps,
  judged: ValidatedRevision,
  format: DiagnosticFormat,
  io: CommandIo,
): number {
  const text = deps.format(judged.diagnostics, format);
  if (text !== '') io.write(text.endsWith('\n') ? text : `${text}\n`);
  const errors = judged.diagnostics.filter((one) => one.severity === 'error').length;
  const isNothing = judged.validCount === 0 && errors === 0;
  if (format === 'text') io.write(`${summarise(judged, errors)}\n`);
  return errors === 0 && !isNothing ? EXIT_OK : EXIT_FAILED;
}

function summarise(judged: ValidatedRevision, errors: number): string {
  const parts = [`${judged.validCount} resources valid`, `${errors} errors`];
  if (judged.heldBackCount > 0) parts.push(`${judged.heldBackCount} held back`);
  if (judged.ignoredDocuments > 0) parts.push(`${judged.ignoredDocuments} documents ignored`);
  const tail = judged.frozen ? '; nothing of this revision would come into force' : '';
  return `${parts.join(', ')}${tail}`;
}
