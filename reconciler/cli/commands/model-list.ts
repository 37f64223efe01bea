import type { EvaluationMetric } from '../../core/contracts/generated/evaluation-report.generated.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions } from '../parse-options.ts';
import { parseResourcePath } from '../resource-path.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';
import { readVersions, type VersionsDeps, type ZoneVersion } from '../versions.ts';

const HELP = `
usage: plumb model list [NAMESPACE/MODEL] [--format text|json] [--state DIR]

Lists the versions that passed their gates, newest first. A version is named by
its digest: that is what a Release says.

  --format F       text (default) or json (one record a line)
${STATE_HELP}

Exit codes: 0; 1 there is no such model, or the artifact store could not be read.`;

export function createModelListCommand(deps: VersionsDeps): Command {
  return {
    words: ['model', 'list'],
    summary: 'list the published versions of models',
    help: HELP,
    run: async (args, io) => {
      const options = { ...STATE_OPTION, format: { type: 'string', default: 'text' } } as const;
      const limits = { maxPositionals: 1 };
      const { values, positionals } = parseOptions('model list', args, options, limits);
      const format = parseChoice('model list', 'format', values.format, ['text', 'json']);
      const [name] = positionals;
      const model = name === undefined ? null : parseResourcePath('model list', 'the model', name);
      const versions = await readVersions(deps, toStatePaths(values.state, io), model);
      if (format === 'json') {
        for (const { zone, record } of versions) {
          io.write(`${JSON.stringify({ zone, ...record })}\n`);
        }
      } else io.write(render(versions));
      return EXIT_OK;
    },
  };
}

function render(versions: readonly ZoneVersion[]): string {
  if (versions.length === 0) return 'no version is published yet; plumb status says why\n';
  return versions
    .map(({ zone, record }) => {
      const auc = record.evaluation.metrics.find(({ name, slice }) => name === 'auc' && !slice);
      return `${record.model}  zone ${zone}  ${record.publishedAt.slice(0, 19)}Z  ${toFigure(auc)}\n  ${record.version}\n`;
    })
    .join('');
}

function toFigure(auc: EvaluationMetric | undefined): string {
  return auc === undefined ? '' : `AUC ${auc.value.toFixed(4)} on ${auc.rows} rows`;
}
