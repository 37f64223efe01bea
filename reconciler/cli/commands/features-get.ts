import { CodedError } from '../../core/contracts/coded-error.ts';
import { toShortDigest } from '../../core/contracts/digest.ts';
import { toRfc3339 } from '../../core/contracts/instant.ts';
import type { OnlineRow, OnlineState } from '../../ports/online-features.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { type ListNames, toNotFound } from '../not-found.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import { parseResourcePath } from '../resource-path.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type OnlineAnswer = {
  readonly zone: string;
  readonly state: OnlineState;
  /** False when the rows are of a definition that the view had before: no others are there. */
  readonly isLive: boolean;
  /** Names of the features of the rows' own definition, in the order of the row's values. */
  readonly features: readonly string[];
  /** Null when the key is unknown. */
  readonly row: OnlineRow | null;
};

export type FeaturesGetCommandDeps = {
  /** Null when the view has no rows in any zone. Throws P605 when no database runs here. */
  readonly readOnline: (
    paths: StatePaths,
    view: string,
    keys: readonly string[],
  ) => Promise<OnlineAnswer | null>;
  readonly listNames: ListNames;
};

const HELP = `
usage: plumb features get NAMESPACE/VIEW KEY… [--format text|json] [--state DIR]

Shows the newest values of a feature view for one entity, by the definition that is live; when
there are no rows of it, by the one whose rows were made last, and says so.
KEY is the value of each join key, in the order of the entity.

  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0; 1 the view has no rows, the key is unknown, or nothing runs here.`;

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
      const paths = toStatePaths(values.state, io);
      const answer = await deps.readOnline(paths, view, keys);
      if (answer === null) {
        const names = await deps.listNames(paths, 'FeatureView');
        if (!names.includes(view)) throw toNotFound('P802', 'feature view', view, names);
        throw new CodedError('P802', `${view} has no rows to look up; plumb status says why`);
      }
      if (answer.row === null) {
        throw new CodedError('P802', `${view} has no row for the key ${keys.join(', ')}`);
      }
      const shown = { ...answer, row: answer.row };
      io.write(format === 'json' ? `${JSON.stringify(toJson(shown))}\n` : render(shown));
      return EXIT_OK;
    },
  };
}

type Found = OnlineAnswer & { readonly row: OnlineRow };

function toJson({ zone, state, isLive, features, row }: Found) {
  const values = Object.fromEntries(features.map((name, index) => [name, row.values[index]]));
  const { view, definitionDigest: definition, asOf } = state;
  return { zone, view, definition, isLive, asOf, eventTime: toRfc3339(row.eventTime), values };
}

function render({ zone, state, isLive, features, row }: Found): string {
  const width = Math.max(...features.map((name) => name.length));
  const lines = features.map(
    (name, index) => `  ${name.padEnd(width)}  ${toFigure(row.values[index] ?? null)}`,
  );
  const head = `${state.view}  zone ${zone}, as of ${state.asOf}, last event ${toRfc3339(row.eventTime)}`;
  const notLive = `  of the definition ${toShortDigest(state.definitionDigest)}, which is not the one that is live`;
  return `${[head, ...(isLive ? [] : [notLive]), ...lines].join('\n')}\n`;
}

const SIGNIFICANT_DIGITS = 6;

/** As people write it: whole numbers whole, others with the digits that mean something. */
function toFigure(value: number | null): string {
  if (value === null) return 'no value';
  if (Number.isInteger(value)) return String(value);
  const isLarge = Math.abs(value) >= 10 ** (SIGNIFICANT_DIGITS - 1);
  return String(Number(isLarge ? value.toFixed(0) : value.toPrecision(SIGNIFICANT_DIGITS)));
}
