import { isError } from '../../core/spec/diagnostic.ts';
import { type DiagnosticFormat, formatDiagnostics } from '../../core/spec/format-diagnostics.ts';
import type { RevisionJudgement } from '../../core/spec/judge-revision.ts';
import { type Command, type CommandIo, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import type { SourceReading } from '../read-source.ts';
import type { SourceChoice } from '../revision-source.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';

const FORMATS: readonly DiagnosticFormat[] = ['text', 'json', 'github'];

export type ValidateCommandDeps = {
  readonly readSource: (source: SourceChoice) => Promise<SourceReading>;
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
      const format = parseChoice('validate', 'format', values.format, FORMATS);
      const [folder] = positionals;
      if (folder !== undefined && values.commit !== undefined) {
        throw badUsage('validate', 'DIR and --commit exclude each other');
      }
      const paths = toStatePaths(values.state, io);
      const reading = await deps.readSource(
        values.commit === undefined
          ? { kind: 'folder', path: folder ?? io.cwd }
          : { kind: 'commit', paths, revision: values.commit },
      );
      return report(reading, format, io);
    },
  };
}

function report(reading: SourceReading, format: DiagnosticFormat, io: CommandIo): number {
  const { judgement, sources } = reading;
  io.write(formatDiagnostics({ ...judgement, sources }, format));
  const errors = judgement.diagnostics.filter(isError).length;
  if (format === 'text') io.write(`${summarise(judgement, errors)}\n`);
  return errors === 0 && judgement.valid.length > 0 ? EXIT_OK : EXIT_FAILED;
}

function summarise(judgement: RevisionJudgement, errors: number): string {
  const { valid, heldBack, ignoredDocuments, ignoredFiles, frozen } = judgement;
  const parts = [`${valid.length} resources valid`, `${errors} errors`];
  if (heldBack.length > 0) parts.push(`${heldBack.length} held back`);
  if (ignoredDocuments > 0) parts.push(`${ignoredDocuments} documents of other APIs ignored`);
  if (ignoredFiles > 0) parts.push(`${ignoredFiles} other YAML files ignored`);
  const tail = frozen ? '; nothing of this revision would come into force' : '';
  return `${parts.join(', ')}${tail}`;
}
