import { CodedError } from '../../core/contracts/coded-error.ts';
import { toRefTitle } from '../../core/contracts/ref.ts';
import { toPrintable } from '../../core/forge/printable.ts';
import { foldDiagnostics } from '../../core/spec/fold-diagnostics.ts';
import type { ResourceStatus, ZoneStatus } from '../../core/status/zone-status.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Command, type CommandIo, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions, parseWholeNumber } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type StatusCommandDeps = {
  readonly clock: Clock;
  /** Null when no reconciler runs here. */
  readonly readStatus: (paths: StatePaths) => Promise<readonly ZoneStatus[] | null>;
  /** The tip of main, to tell whether what is in force is what is in Git. */
  readonly readTip: (paths: StatePaths) => Promise<string | null>;
};

const HELP = `
usage: plumb status [--wait] [--timeout SECONDS] [--format text|json] [--state DIR]

Says what is in force in each zone, what is held back and why, and what is not
as it should be.

  --wait           until the tip of main is judged and nothing is left to do
  --timeout N      with --wait: give up after N seconds (default 60)
  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0 the tip of main is in force and every resource is ready, or is
held by a Hold; 1 no reconciler runs, or bad usage; 3 otherwise: at work, held
back, refused or failed.`;

const EXIT_NOT_READY = 3;
const POLL_MS = 100;

export function createStatusCommand(deps: StatusCommandDeps): Command {
  return {
    words: ['status'],
    summary: 'say what is in force, and what is not as it should be',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('status', args, {
        ...STATE_OPTION,
        wait: { type: 'boolean', default: false },
        timeout: { type: 'string', default: '60' },
        format: { type: 'string', default: 'text' },
      });
      const paths = toStatePaths(values.state, io);
      const format = parseChoice('status', 'format', values.format, ['text', 'json']);
      const range = { min: 1, max: 86_400 };
      const timeoutMs = 1000 * parseWholeNumber('status', 'timeout', values.timeout, range);
      const zones = await readUntil(deps, paths, io, values.wait ? timeoutMs : 0);
      if (zones === null) {
        throw new CodedError('P605', 'no reconciler runs here; start one with plumb up');
      }
      const tip = await deps.readTip(paths);
      io.write(
        format === 'json' ? `${JSON.stringify({ v: 1, zones })}\n` : renderZones(zones, tip),
      );
      const isGood = zones.length > 0 && zones.every((zone) => isInForce(zone, tip));
      return isGood ? EXIT_OK : EXIT_NOT_READY;
    },
  };
}

async function readUntil(
  deps: StatusCommandDeps,
  paths: StatePaths,
  io: CommandIo,
  timeoutMs: number,
): Promise<readonly ZoneStatus[] | null> {
  const until = deps.clock.now() + timeoutMs;
  for (;;) {
    const zones = await deps.readStatus(paths);
    const tip = await deps.readTip(paths);
    const isSettled = zones?.length && zones.every((zone) => isSettledOn(zone, tip));
    if (isSettled || deps.clock.now() >= until || io.stop.aborted) return zones;
    await deps.clock.sleep(POLL_MS, io.stop);
  }
}

/** A held revision is settled too: nothing more happens until somebody pushes. */
function isSettledOn({ isConverged, source }: ZoneStatus, tip: string | null): boolean {
  return isConverged && source.judged === tip;
}

function isInForce(zone: ZoneStatus, tip: string | null): boolean {
  const { revision, held } = zone.source;
  const isFollowed = isSettledOn(zone, tip) && revision === tip && held === null;
  return isFollowed && zone.resources.every((one) => isReady(one) || isNotOurs(one));
}

function isReady({ conditions }: ResourceStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** What people asked Plumbline not to touch is told, and is nothing that it could do better. */
function isNotOurs(resource: ResourceStatus): boolean {
  return resource.conditions.some(({ reason }) => reason === 'Unmanaged') || isPaused(resource);
}

function isPaused({ conditions }: ResourceStatus): boolean {
  return conditions.some(({ reason }) => reason === 'Hold');
}

function renderZones(zones: readonly ZoneStatus[], tip: string | null): string {
  if (zones.length === 0) return 'no zones yet\n';
  return `${zones.map((zone) => renderZone(zone, tip)).join('\n\n')}\n`;
}

function renderZone(zone: ZoneStatus, tip: string | null): string {
  const { source } = zone;
  const behind = source.revision === tip || tip === null ? '' : `, main is at ${tip.slice(0, 12)}`;
  const revision = source.revision?.slice(0, 12) ?? 'none';
  const lines = [
    `zone ${zone.zone}: ${zone.role}${zone.epoch === null ? '' : ` (epoch ${zone.epoch})`}`,
    `  revision ${revision}${behind}, ${toState(zone)}`,
  ];
  if (source.held !== null) lines.push(`  held     ${source.held}`);
  if (zone.trouble !== null) lines.push(`  trouble  ${zone.trouble}`);
  for (const one of foldDiagnostics(source.diagnostics)) {
    const { path, line, column } = one.location;
    lines.push(`  ${one.severity.padEnd(8)} ${path}:${line}:${column} ${one.code} ${one.message}`);
  }
  return [...lines, ...zone.resources.map(renderResource)].map(toShown).join('\n');
}

/** Names of files and words of programs are other people's: none of them looks like a line of ours. */
function toShown(line: string): string {
  return toPrintable(line).replaceAll('\n', '\n      ');
}

/** A zone with nothing left to do is not as it should be while something in it is stuck. */
function toState({ isConverged, resources }: ZoneStatus): string {
  if (!isConverged) return 'working';
  const stalled = resources.filter(isStalled).length;
  if (stalled > 0) return `at rest, ${stalled} stalled`;
  const waiting = resources.filter((one) => !isReady(one) && !isNotOurs(one)).length;
  if (waiting > 0) return `at rest, ${waiting} not ready`;
  const paused = resources.filter(isPaused).length;
  return paused > 0 ? `converged, ${paused} held` : 'converged';
}

function isStalled({ conditions }: ResourceStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Stalled' && status === 'True');
}

function renderResource(resource: ResourceStatus): string {
  const { ref, conditions } = resource;
  const said = conditions.map(({ reason, message }) => `${reason}: ${message}`).join('; ');
  const isHeld = conditions.some((one) => one.type === 'Held');
  return `  ${isReady(resource) && !isHeld ? '✓' : '•'} ${toRefTitle(ref).padEnd(28)} ${said}`;
}
