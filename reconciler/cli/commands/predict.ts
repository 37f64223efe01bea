import { CodedError, isCodedError } from '../../core/contracts/coded-error.ts';
import type { Json, JsonObject } from '../../core/contracts/json.ts';
import type { PredictionRequest } from '../../ports/predictions.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { type ListNames, toNotFound } from '../not-found.ts';
import { parseChoice, parseOptions } from '../parse-options.ts';
import { parsePairs, parseResourcePath } from '../resource-path.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type PredictCommandDeps = {
  /** Where the data-plane nodes of this installation answer, by zone. */
  readonly listNodes: (
    paths: StatePaths,
  ) => Promise<readonly { readonly zone: string; readonly url: string }[]>;
  readonly predict: (url: string, request: PredictionRequest) => Promise<JsonObject>;
  readonly listNames: ListNames;
};

const HELP = `
usage: plumb predict NAMESPACE/ENDPOINT --entity KEY=VALUE [--feature NAME=VALUE]
                     [--zone ZONE] [--format text|json] [--state DIR]

Asks an endpoint for one prediction, as an application would: features of the
entity are looked up, those that only the request knows are given here.

  --entity KEY=VALUE     a join key of the entity; once for each
  --feature NAME=VALUE   a value that the request brings; numbers stay numbers
  --zone ZONE            only the node of this zone
  --format F             text (default) or json
${STATE_HELP}

Exit codes: 0 predicted; 1 it was refused, or nothing serves.`;

export function createPredictCommand(deps: PredictCommandDeps): Command {
  return {
    words: ['predict'],
    summary: 'ask an endpoint for one prediction',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'predict',
        args,
        {
          ...STATE_OPTION,
          entity: { type: 'string', multiple: true, default: [] },
          feature: { type: 'string', multiple: true, default: [] },
          zone: { type: 'string' },
          format: { type: 'string', default: 'text' },
        },
        { maxPositionals: 1 },
      );
      const format = parseChoice('predict', 'format', values.format, ['text', 'json']);
      const endpoint = parseResourcePath('predict', 'the endpoint', positionals[0]);
      const request: PredictionRequest = {
        endpoint,
        entities: parsePairs('predict', 'entity', values.entity),
        features: toFeatures(parsePairs('predict', 'feature', values.feature)),
      };
      const paths = toStatePaths(values.state, io);
      const answer = await askNodes(deps, paths, values.zone ?? null, request);
      io.write(format === 'json' ? `${JSON.stringify(answer)}\n` : render(answer));
      return EXIT_OK;
    },
  };
}

function toFeatures(pairs: Readonly<Record<string, string>>): PredictionRequest['features'] {
  const isNumber = (text: string) => /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);
  return Object.fromEntries(
    Object.entries(pairs).map(([name, text]) => [name, isNumber(text) ? Number(text) : text]),
  );
}

/** An endpoint stands in one zone; the nodes of the others do not know it. */
async function askNodes(
  deps: PredictCommandDeps,
  paths: StatePaths,
  zone: string | null,
  request: PredictionRequest,
): Promise<JsonObject> {
  const nodes = (await deps.listNodes(paths)).filter((node) => zone === null || node.zone === zone);
  let refusal: unknown = new CodedError(
    'P605',
    'no data-plane node runs here; it starts with the first Release, see plumb status',
  );
  for (const { url } of nodes) {
    try {
      return await deps.predict(url, request);
    } catch (error) {
      refusal = error;
      if (!isCodedError(error, 'P822')) break;
    }
  }
  // A node knows what is released; what is not even declared is a slip of the hand.
  const names = isCodedError(refusal, 'P822') ? await deps.listNames(paths, 'Endpoint') : [];
  const { endpoint } = request;
  if (names.length === 0 || names.includes(endpoint)) throw refusal;
  throw toNotFound('P822', 'endpoint', endpoint, names);
}

function render(answer: JsonObject): string {
  const features = (answer['features'] ?? {}) as Readonly<Record<string, { status: Json }>>;
  const missing = Object.entries(features)
    .filter(([, { status }]) => status !== 'PRESENT')
    .map(([name, { status }]) => `${name} ${String(status)}`);
  return [
    `score       ${String(answer['score'])}`,
    `decision    ${answer['decision'] === true ? 'positive' : 'negative'} (threshold ${String(answer['threshold'])})`,
    `version     ${String(answer['version'])}`,
    `prediction  ${String(answer['predictionId'])}`,
    ...(missing.length === 0 ? [] : [`missing     ${missing.join(', ')}`]),
    '',
  ].join('\n');
}
