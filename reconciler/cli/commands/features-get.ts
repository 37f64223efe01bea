import { CodedError } from '../../core/contracts/coded-error.ts';
import { toRfc3339 } from '../../core/contracts/instant.ts';
import type { OnlineRow, OnlineState } from '../../ports/online-features.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import { parseResourcePath } from '../resource-path.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type OnlineAnswer = {
  readonly zone: string;
  readonly state: OnlineState;
  /** Names of the features, in the order of the row's values. */
  readonly features: readonly string[];
  /** Null when the key is unknown. */
  readonly row: OnlineRow | null;
};

export type FeaturesGetCommandDeps = {
  /** Null when the view has no rows in any zone. */
  readonly readOnline: (
    paths: StatePaths,
    view: string,
    keys: readonly string[],
  ) => Promise<OnlineAnswer | null>;
};

const HELP = `
usage: plumb features get NAMESPACE/VIEW KEY… [--format text|json] [--state DIR]

Shows the newest values of a feature view for one entity, as serving reads them.
KEY is the value of each join key, in the order of the entity.

  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0; 1 the view has no rows, or the key is unknown.`;

const MAX_KEYS = 8;

export function createFeaturesGetCommand(deps: FeaturesGetCommandDeps): Command {
  return {
    words: ['features', 'get'],
    summary: "show an entity's newest feature values",
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'features get',
        args,
        { ...STATE_OPTION, format: { type: 'string', default: 'text' } },
        { maxPositionals: 1 + MAX_KEYS },
      );
      const format = parseChoice('features get', 'format', values.format, ['text', 'json']);
      const [name, ...keys] = positionals;
      const view = parseResourcePath('features get', 'the view', name);
      if (keys.length === 0) throw badUsage('features get', 'name the key of an entity');
      const answer = await deps.readOnline(toStatePaths(values.state, io), view, keys);
      if (answer === null) {
        throw new CodedError('P802', `${view} has no rows to look up; plumb status says why`);
      }
      if (answer.row === null) {
        throw new CodedError('P601', `${view} has no row for the key ${keys.join(', ')}`);
      }
      const shown = { ...answer, row: answer.row };
      io.write(format === 'json' ? `${JSON.stringify(toJson(shown))}\n` : render(shown));
      return EXIT_OK;
    },
  };
}

type Found = OnlineAnswer & { readonly row: OnlineRow };

function toJson({ zone, state, features, row }: Found) {
  const values = Object.fromEntries(features.map((name, index) => [name, row.values[index]]));
  return { zone, view: state.view, asOf: state.asOf, eventTime: toRfc3339(row.eventTime), values };
}

function render({ zone, state, features, row }: Found): string {
  const width = Math.max(...features.map((name) => name.length));
  const lines = features.map(
    (name, index) => `  ${name.padEnd(width)}  ${row.values[index] ?? 'no value'}`,
  );
  const head = `${state.view}  zone ${zone}, as of ${state.asOf}, last event ${toRfc3339(row.eventTime)}`;
  return `${[head, ...lines].join('\n')}\n`;
}
