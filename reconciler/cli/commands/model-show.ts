import type {
  EvaluationMetric,
  EvaluationReport,
} from '../../core/contracts/generated/evaluation-report.generated.ts';
import { toReleaseText } from '../../core/release/release-text.ts';
import { toPrintable } from '../../core/spec/printable.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';
import { findVersion, type VersionsDeps, type ZoneVersion } from '../versions.ts';

const HELP = `
usage: plumb model show NAMESPACE/MODEL|DIGEST [--format text|json|release]
                        [--endpoint NAME] [--state DIR]

Says what is known of a version: where it came from, what was measured on
held-out rows, and how its gates were judged. The newest of a model, or the one
of a digest (its beginning is enough).

  --format F       text (default), json, or release: the document that releases
                   the version, ready to be committed
  --endpoint NAME  the endpoint of that Release (default: named as the model)
${STATE_HELP}

Exit codes: 0; 1 there is no such version.`;

/** As a record has it. */
const MAX_WHY_LENGTH = 512;

export function createModelShowCommand(deps: VersionsDeps): Command {
  return {
    words: ['model', 'show'],
    summary: 'say what is known of a version',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'model show',
        args,
        {
          ...STATE_OPTION,
          format: { type: 'string', default: 'text' },
          endpoint: { type: 'string' },
        },
        { maxPositionals: 1 },
      );
      const formats = ['text', 'json', 'release'] as const;
      const format = parseChoice('model show', 'format', values.format, formats);
      const [wanted] = positionals;
      if (wanted === undefined) throw badUsage('model show', 'name a model or a version');
      const paths = toStatePaths(values.state, io);
      const found = await findVersion(deps, paths, wanted);
      if (format === 'json') {
        io.write(`${JSON.stringify({ zone: found.zone, ...found.record })}\n`);
      } else
        io.write(format === 'text' ? render(found) : toRelease(found, values.endpoint ?? null));
      return EXIT_OK;
    },
  };
}

function render({ zone, record }: ZoneVersion): string {
  const { evaluation } = record;
  const { rows, agreement, probe } = evaluation;
  return [
    `${record.model}  zone ${zone}`,
    `version    ${record.version}`,
    `published  ${record.publishedAt}`,
    `run        ${record.runKey}, ${record.attempts} attempt${record.attempts === 1 ? '' : 's'}, ${record.wallSeconds.toFixed(1)} s`,
    `trainer    ${record.trainerDigest}, seed ${record.seed}`,
    ...record.snapshots.map(({ source, digest }) => `data       ${source} ${digest}`),
    `rows       ${rows.train} to train, ${rows.validation} to validate, ${rows.test} held out`,
    `agreement  AUC ${agreement.ourAuc.toFixed(6)} by ONNX Runtime, ${agreement.trainerAuc.toFixed(6)} by the trainer,`,
    `           on the same ${agreement.rows} rows; scores differ by ${agreement.largestDifference.toExponential(1)} at most`,
    `speed      loads in ${probe.loadMs.toFixed(0)} ms, one row in ${probe.singleRowMs.toFixed(3)} ms`,
    '',
    'on held-out rows',
    ...renderMetrics(evaluation),
    '',
    'gates',
    ...(record.gates.length === 0 ? ['  none'] : record.gates.map(renderGate)),
    '',
  ].join('\n');
}

function renderMetrics({ metrics }: EvaluationReport): readonly string[] {
  const names = metrics.map(toMetricName);
  const width = Math.max(0, ...names.map((name) => name.length));
  return metrics.map((metric, index) => {
    const { value, interval, rows } = metric;
    const range =
      interval === null
        ? ''
        : `  ${interval.lower.toFixed(4)} to ${interval.upper.toFixed(4)} (${interval.method})`;
    return `  ${(names[index] ?? '').padEnd(width)}  ${value.toFixed(4)}  ${rows} rows${range}`;
  });
}

/** The value of a slice is from a row of data: anybody may have written it. */
function toMetricName({ name, slice }: Pick<EvaluationMetric, 'name' | 'slice'>): string {
  return slice === null ? name : `${name} where ${slice.column} is ${toPrintable(slice.value)}`;
}

function renderGate(gate: ZoneVersion['record']['gates'][number]): string {
  return `  ${gate.verdict}: ${toPrintable(gate.why, MAX_WHY_LENGTH)}`;
}

/** A person names the digest: this only writes it down. */
function toRelease({ record }: ZoneVersion, endpoint: string | null): string {
  const [namespace = '', model = ''] = record.model.split('/');
  const text = toReleaseText({ namespace, endpoint: endpoint ?? model, version: record.version });
  return `# ${record.model}, published ${record.publishedAt}\n${text}`;
}
