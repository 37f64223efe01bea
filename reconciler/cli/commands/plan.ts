import type { Json } from '../../core/contracts/json.ts';
import type { Diagnostic } from '../../core/spec/diagnostic.ts';
import { type PlanView, renderPlanText } from '../../core/plan/render-plan-text.ts';
import { renderPlanJson } from '../../core/plan/render-plan-json.ts';
import { type Command, EXIT_CHANGES_PENDING, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import type { SourceChoice } from '../revision-source.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type PlannedRevision = {
  readonly zones: readonly PlanView[];
  readonly diagnostics: readonly Diagnostic[];
  /** Why nothing of this revision would come into force, or null. */
  readonly frozen: string | null;
};

export type PlanCommandDeps = {
  readonly plan: (
    source: SourceChoice,
    paths: StatePaths,
    zone: string | null,
  ) => Promise<PlannedRevision>;
  readonly formatDiagnostics: (diagnostics: readonly Diagnostic[]) => string;
};

const HELP = `
usage: plumb plan [DIR] [--head REV] [--zone ZONE] [--format text|json] [--state DIR]

Says what would happen if a folder, or a commit of the platform repo, came into
force: the same judgement that admits a revision. What is live is read from the
ledger; without one everything is new.

  DIR              the folder to plan (default: --head)
  --head REV       the commit to plan (default main)
  --zone ZONE      only this zone
  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0 nothing to do; 1 invalid, or it could not be read; 2 changes pending.`;

export function createPlanCommand(deps: PlanCommandDeps): Command {
  return {
    words: ['plan'],
    summary: 'say what would happen, why, and what would be refused',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'plan',
        args,
        {
          ...STATE_OPTION,
          head: { type: 'string' },
          zone: { type: 'string' },
          format: { type: 'string', default: 'text' },
        },
        { maxPositionals: 1 },
      );
      const format = parseChoice('plan', 'format', values.format, ['text', 'json']);
      const [folder] = positionals;
      if (folder !== undefined && values.head !== undefined) {
        throw badUsage('plan', 'DIR and --head exclude each other');
      }
      const paths = toStatePaths(values.state, io);
      const source: SourceChoice =
        folder === undefined
          ? { kind: 'commit', paths, revision: values.head ?? 'main' }
          : { kind: 'folder', path: folder };
      const planned = await deps.plan(source, paths, values.zone ?? null);
      io.write(format === 'json' ? `${JSON.stringify(toJson(planned))}\n` : toText(deps, planned));
      if (planned.frozen !== null) return EXIT_FAILED;
      const isPending = planned.zones.some(({ plan }) => plan.effects.length > 0);
      return isPending ? EXIT_CHANGES_PENDING : EXIT_OK;
    },
  };
}

function toJson(planned: PlannedRevision): Json {
  return {
    version: 1,
    frozen: planned.frozen,
    zones: planned.zones.map(renderPlanJson),
    diagnostics: planned.diagnostics.map(({ code, severity, message, location }) => ({
      code,
      severity,
      message,
      location,
    })),
  };
}

function toText(deps: PlanCommandDeps, planned: PlannedRevision): string {
  const parts = [
    planned.diagnostics.length === 0 ? '' : deps.formatDiagnostics(planned.diagnostics).trimEnd(),
    planned.frozen === null ? '' : `nothing of this revision would come into force: ${planned.frozen}`,
    ...planned.zones.map(renderPlanText),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
