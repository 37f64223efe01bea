import { toRefKey, toRefTitle } from '../../core/contracts/ref.ts';
import { describeGraph } from '../../core/graph/described-graph.ts';
import type { PlacedResource } from '../../core/graph/validity.ts';
import { findOverrides, toEnvironmentKey } from '../../core/overrides/find-overrides.ts';
import { toPrintable } from '../../core/spec/printable.ts';
import { renderResource } from '../../core/spec/render-resource.ts';
import { type Command, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { findResource, RESOURCE_HELP } from '../find-resource.ts';
import { parseChoice, parseOptions } from '../parse-options.ts';
import type { SourceReading } from '../read-source.ts';
import type { SourceChoice } from '../revision-source.ts';
import { SOURCE_HELP, SOURCE_OPTIONS, toSourceChoice } from '../source-options.ts';
import { STATE_HELP } from '../state-paths.ts';

export type RenderCommandDeps = {
  readonly readSource: (source: SourceChoice) => Promise<SourceReading>;
};

const HELP = `
usage: plumb render [RESOURCE] [--dir DIR | --commit REV] [--format yaml|json]
                    [--state DIR]

Writes the valid resources out in full: with all defaults, and as the overrides
of their environments make them. What it prints is YAML of the same language,
and means the same.

${RESOURCE_HELP}
${SOURCE_HELP}
  --format F       yaml (default), or json: one document a line
${STATE_HELP}

Exit codes: 0; 1 what was asked for is held back, is not there, or nothing is
valid.`;

export function createRenderCommand(deps: RenderCommandDeps): Command {
  return {
    words: ['render'],
    summary: 'write resources out in full, defaults and overrides included',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'render',
        args,
        { ...SOURCE_OPTIONS, format: { type: 'string', default: 'yaml' } },
        { maxPositionals: 1 },
      );
      const format = parseChoice('render', 'format', values.format, ['yaml', 'json']);
      const { judgement } = await deps.readSource(toSourceChoice('render', values, io));
      const [wanted] = positionals;
      const key = wanted === undefined ? null : findResource(describeGraph(judgement), wanted).key;
      const all = [...judgement.valid].sort((a, b) => (toRefKey(a.ref) < toRefKey(b.ref) ? -1 : 1));
      const chosen = all.filter(({ ref }) => key === null || toRefKey(ref) === key);
      for (const resource of chosen) {
        const text = format === 'json' ? toJson(resource) : toYaml(resource, all);
        io.write(text);
      }
      const held = judgement.heldBack.filter(({ ref }) => key === null || toRefKey(ref) === key);
      for (const { ref, why } of held) io.writeError(`held back: ${toRefTitle(ref)}: ${why}\n`);
      return chosen.length === 0 ? EXIT_FAILED : EXIT_OK;
    },
  };
}

function toJson({ form }: PlacedResource): string {
  return `${JSON.stringify(form)}\n`;
}

function toYaml(resource: PlacedResource, all: readonly PlacedResource[]): string {
  const { path, line } = resource.location;
  const key = toEnvironmentKey(resource);
  const environment = all.find(({ ref }) => toRefKey(ref) === key);
  const overrides = environment === undefined ? [] : findOverrides(environment, resource.ref);
  const by = overrides.length === 0 ? '' : `, overridden by environment ${environment?.ref.name}`;
  return `---\n# ${toPrintable(path, 255)}:${line}${by}\n${renderResource(resource)}`;
}
