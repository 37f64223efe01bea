import { type Ref, toRefKey, toRefTitle } from '../../core/contracts/ref.ts';
import { describeGraph } from '../../core/graph/described-graph.ts';
import { explainResource } from '../../core/graph/explain-resource.ts';
import { renderExplanation } from '../../core/graph/render-explanation.ts';
import type { Diagnostic } from '../../core/spec/diagnostic.ts';
import { formatDiagnostics } from '../../core/spec/format-diagnostics.ts';
import { type Command, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { findResource, RESOURCE_HELP } from '../find-resource.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import type { SourceReading } from '../read-source.ts';
import type { SourceChoice } from '../revision-source.ts';
import { SOURCE_HELP, SOURCE_OPTIONS, toSourceChoice } from '../source-options.ts';
import { STATE_HELP } from '../state-paths.ts';

export type ExplainCommandDeps = {
  readonly readSource: (source: SourceChoice) => Promise<SourceReading>;
};

const HELP = `
usage: plumb explain RESOURCE [--dir DIR | --commit REV] [--format text|json]
                     [--state DIR]

Says why a resource is as it is, from the files alone: which fields place it in
its zone, how sensitive its data is and where that came from, what crosses a
border and by which right, what overrides it, what comes before and after it;
or, for one that is held back, because of which mistake.

${RESOURCE_HELP}
${SOURCE_HELP}
  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0 it is valid; 1 it is held back, is not there, or could not be read.`;

export function createExplainCommand(deps: ExplainCommandDeps): Command {
  return {
    words: ['explain'],
    summary: 'say why a resource has its zone, class and order, or what is wrong with it',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'explain',
        args,
        { ...SOURCE_OPTIONS, format: { type: 'string', default: 'text' } },
        { maxPositionals: 1 },
      );
      const format = parseChoice('explain', 'format', values.format, ['text', 'json']);
      const [wanted] = positionals;
      if (wanted === undefined) throw badUsage('explain', 'name a RESOURCE');
      const reading = await deps.readSource(toSourceChoice('explain', values, io));
      const { ref } = findResource(describeGraph(reading.judgement), wanted).node;
      const explanation = explainResource(reading.judgement.valid, ref);
      const told = explanation ?? explainHeldBack(reading, ref);
      if (format === 'json') io.write(`${JSON.stringify({ v: 1, ...told })}\n`);
      else io.write('heldBack' in told ? renderHeldBack(told, reading) : renderExplanation(told));
      return explanation === null ? EXIT_FAILED : EXIT_OK;
    },
  };
}

type HeldBackExplanation = {
  readonly ref: Ref;
  readonly heldBack: string | null;
  readonly diagnostics: readonly Diagnostic[];
};

function explainHeldBack(reading: SourceReading, ref: Ref): HeldBackExplanation {
  const why = reading.judgement.heldBack.find((one) => toRefKey(one.ref) === toRefKey(ref))?.why;
  return { ref, heldBack: why ?? null, diagnostics: listMistakes(reading, ref) };
}

function renderHeldBack(
  { ref, heldBack, diagnostics }: HeldBackExplanation,
  { sources }: SourceReading,
): string {
  const told = formatDiagnostics({ diagnostics, sources }, 'text');
  return `${toRefTitle(ref)}\n  held back ${heldBack}\n\n${told}`;
}

/** What is said of the resource itself, and of what it waits for. */
function listMistakes({ judgement }: SourceReading, ref: Ref): readonly Diagnostic[] {
  const title = toRefTitle(ref);
  const waits = judgement.diagnostics.filter(({ heldBack }) => heldBack?.what === title);
  const causes = waits.flatMap(({ heldBack }) => (heldBack === undefined ? [] : [heldBack.at]));
  const paths = new Set(causes.map(({ path }) => path));
  const own = judgement.diagnostics.filter(
    ({ message, location, heldBack }) =>
      heldBack === undefined && (message.includes(title) || paths.has(location.path)),
  );
  return [...waits, ...own];
}
