import type { Json } from '../../core/contracts/json.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import type { Ref } from '../../core/contracts/ref.ts';
import type { Planner } from '../../core/plan/planner.ts';
import { renderPlanJson } from '../../core/plan/render-plan-json.ts';
import { type PlanView, renderPlanText } from '../../core/plan/render-plan-text.ts';
import { isError } from '../../core/spec/diagnostic.ts';
import { formatDiagnostics } from '../../core/spec/format-diagnostics.ts';
import type { OpenPolicyGate } from '../../engine/policy-gate.ts';
import { previewZone } from '../../engine/preview-zone.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Command, EXIT_CHANGES_PENDING, EXIT_FAILED, EXIT_OK } from '../command.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import type { SourceReading } from '../read-source.ts';
import type { SourceChoice } from '../revision-source.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type PlanCommandDeps = {
  readonly clock: Clock;
  readonly planners: Readonly<Record<string, Planner>>;
  readonly referencesOf: (form: NormalForm) => readonly Ref[];
  readonly readSource: (source: SourceChoice) => Promise<SourceReading>;
  readonly openPolicyGate: () => Promise<OpenPolicyGate>;
  /** What the ledger says is live in a zone; null without one. */
  readonly readLive: (paths: StatePaths, zone: string) => Promise<readonly NormalForm[] | null>;
};

type PlannedRevision = {
  readonly reading: SourceReading;
  /** None when the revision is frozen. */
  readonly zones: readonly PlanView[];
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

Exit codes: 0 nothing to do; 1 something is invalid, or it could not be read;
2 all is valid and changes are pending.`;

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
      const planned = await plan(deps, await deps.readSource(source), paths, values.zone ?? null);
      io.write(format === 'json' ? `${JSON.stringify(toJson(planned))}\n` : toText(planned));
      const { frozen, diagnostics } = planned.reading.judgement;
      if (frozen || diagnostics.some(isError)) return EXIT_FAILED;
      const isPending = planned.zones.some(({ plan }) => plan.effects.length > 0);
      return isPending ? EXIT_CHANGES_PENDING : EXIT_OK;
    },
  };
}

async function plan(
  deps: PlanCommandDeps,
  reading: SourceReading,
  paths: StatePaths,
  onlyZone: string | null,
): Promise<PlannedRevision> {
  const { judgement, revision } = reading;
  if (judgement.frozen) return { reading, zones: [] };
  if (onlyZone !== null && !judgement.zones.includes(onlyZone)) {
    throw badUsage('plan', `no zone ${onlyZone} is declared, only ${judgement.zones.join(', ')}`);
  }
  const { planners, referencesOf } = deps;
  const policy = await deps.openPolicyGate();
  try {
    const now = deps.clock.now();
    const readLive = (zone: string) => deps.readLive(paths, zone);
    const preview = { now, planners, referencesOf, policy, readLive };
    const zones: PlanView[] = [];
    for (const zone of judgement.zones) {
      if (onlyZone !== null && onlyZone !== zone) continue;
      zones.push(await previewZone(preview, judgement, revision, zone));
    }
    return { reading, zones };
  } finally {
    await policy.close();
  }
}

function toJson({ reading, zones }: PlannedRevision): Json {
  const { frozen, diagnostics } = reading.judgement;
  return {
    version: 1,
    frozen,
    zones: zones.map(renderPlanJson),
    diagnostics: diagnostics.map(({ code, severity, message, location }) => ({
      code,
      severity,
      message,
      location,
    })),
  };
}

function toText({ reading, zones }: PlannedRevision): string {
  const { judgement, sources } = reading;
  const parts = [
    formatDiagnostics({ ...judgement, sources }, 'text').trimEnd(),
    judgement.frozen ? 'nothing of this revision would come into force' : '',
    ...zones.map(renderPlanText),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
