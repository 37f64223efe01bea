import { CodedError } from '../../core/contracts/coded-error.ts';
import type { RefKey } from '../../core/contracts/ref.ts';
import { type DescribedGraph, describeGraph } from '../../core/graph/described-graph.ts';
import { type GraphView, viewDependencies, viewDependents } from '../../core/graph/graph-view.ts';
import { renderGraphJson } from '../../core/graph/render-graph-json.ts';
import { renderGraphMermaid } from '../../core/graph/render-graph-mermaid.ts';
import { renderGraphText } from '../../core/graph/render-graph-text.ts';
import type { RevisionJudgement } from '../../core/spec/judge-revision.ts';
import { type Command, type CommandIo, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { findResource, RESOURCE_HELP } from '../find-resource.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import type { SourceReading } from '../read-source.ts';
import type { SourceChoice } from '../revision-source.ts';
import { SOURCE_HELP, SOURCE_OPTIONS, toSourceChoice } from '../source-options.ts';
import { STATE_HELP } from '../state-paths.ts';

const FORMATS = ['text', 'mermaid', 'json'] as const;
type Format = (typeof FORMATS)[number];

export type GraphCommandDeps = {
  readonly readSource: (source: SourceChoice) => Promise<SourceReading>;
};

const HELP = `
usage: plumb graph [RESOURCE] [--dependents] [--dir DIR | --commit REV]
                   [--format text|mermaid|json] [--state DIR]

Says what depends on what in a folder, or in a commit of the platform repo, from
the files alone. What is held back is named, but not what it depends on.

${RESOURCE_HELP}
  --dependents     what depends on RESOURCE, by the shortest ways, instead of what
                   it depends on
${SOURCE_HELP}
  --format F       text (a tree, the default), mermaid (a flowchart), or json
${STATE_HELP}

Exit codes: 0; 1 nothing is valid, there is no such resource, or it is held back.`;

export function createGraphCommand(deps: GraphCommandDeps): Command {
  return {
    words: ['graph'],
    summary: 'say what depends on what in a folder or a commit',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'graph',
        args,
        {
          ...SOURCE_OPTIONS,
          dependents: { type: 'boolean', default: false },
          format: { type: 'string', default: 'text' },
        },
        { maxPositionals: 1 },
      );
      const format = parseChoice('graph', 'format', values.format, FORMATS);
      const [wanted] = positionals;
      if (values.dependents && wanted === undefined) {
        throw badUsage('graph', '--dependents wants a RESOURCE');
      }
      const { judgement } = await deps.readSource(toSourceChoice('graph', values, io));
      const graph = describeGraph(judgement);
      io.write(render(chooseView(graph, wanted, values.dependents), format));
      return report(judgement, io);
    },
  };
}

function chooseView(
  graph: DescribedGraph,
  wanted: string | undefined,
  isDependents: boolean,
): GraphView {
  if (wanted === undefined) return { kind: 'whole', graph };
  const key = findKey(graph, wanted);
  return isDependents ? viewDependents(graph, key) : viewDependencies(graph, key);
}

function findKey(graph: DescribedGraph, wanted: string): RefKey {
  const { key, node } = findResource(graph, wanted);
  if (node.state === 'valid') return key;
  // What it names, and who of the others that are held back names it, no judgement tells.
  throw new CodedError('P205', `${key} is held back: ${node.why}; plumb explain says more`);
}

function render(view: GraphView, format: Format): string {
  if (format === 'json') return `${JSON.stringify(renderGraphJson(view))}\n`;
  return format === 'mermaid' ? renderGraphMermaid(view.graph) : renderGraphText(view);
}

/** On the other stream, so that a program that reads the graph never meets it. */
function report({ valid, heldBack, uncertainPaths }: RevisionJudgement, io: CommandIo): number {
  const unread = uncertainPaths.length;
  const parts = [
    ...(valid.length === 0 ? ['nothing is valid'] : []),
    ...(heldBack.length > 0
      ? [`${heldBack.length} held back, and what is named there left out`]
      : []),
    ...(unread > 0 ? [`${unread} ${unread === 1 ? 'file' : 'files'} not wholly read`] : []),
  ];
  if (parts.length > 0) io.writeError(`${parts.join('; ')}; plumb validate says why\n`);
  return valid.length === 0 ? EXIT_FAILED : EXIT_OK;
}
