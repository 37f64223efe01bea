import { CodedError } from '../../core/contracts/coded-error.ts';
import type { ResourceStatus, ZoneStatus } from '../../core/status/zone-status.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Command, type CommandIo, EXIT_OK } from '../command.ts';
import { parseOptions, parseWholeNumber } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type RunningInstallation = {
  readonly url: string;
  readonly readStatus: () => readonly ZoneStatus[];
  /** Rejects when the reconciler ends by itself. */
  readonly done: Promise<void>;
  /** Drains and stops in order: reconciler, HTTP, database. */
  readonly stop: () => Promise<void>;
};

export type UpCommandDeps = {
  readonly clock: Clock;
  readonly exampleFolder: string;
  readonly isInitialised: (paths: StatePaths) => Promise<boolean>;
  readonly initialise: (paths: StatePaths, fromFolder: string) => Promise<string>;
  /** The pid of a reconciler that runs on this state already, or null. */
  readonly findRunning: (paths: StatePaths) => Promise<number | null>;
  readonly start: (
    paths: StatePaths,
    options: { readonly port: number; readonly zones: readonly string[] | null },
    onStep: (text: string) => void,
  ) => Promise<RunningInstallation>;
};

const HELP = `
usage: plumb up [--port N] [--zone ZONE] [--state DIR]

Starts the database (or adopts the one that runs) and the reconciler, makes a
platform repo first when there is none, says when everything has converged, and
runs until Ctrl-C. plumb down stops it from elsewhere.

  --port N         the status page's port on 127.0.0.1 (default 7171, 0: any free one)
  --zone ZONE      act for this zone only (default: all that the repo declares)
${STATE_HELP}

Environment: DATABASE_URL uses that PostgreSQL server instead of the embedded one.

Exit codes: 0 stopped in order; 1 could not start, or failed.`;

const DEFAULT_PORT = '7171';
const POLL_MS = 50;
/** After this long without convergence it says so, and goes on trying. */
const PATIENCE_MS = 60_000;

export function createUpCommand(deps: UpCommandDeps): Command {
  return {
    words: ['up'],
    summary: 'start everything here and keep it as Git says',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('up', args, {
        ...STATE_OPTION,
        port: { type: 'string', default: DEFAULT_PORT },
        zone: { type: 'string' },
      });
      const port = parseWholeNumber('up', 'port', values.port, { min: 0, max: 65_535 });
      const zones = values.zone === undefined ? null : [values.zone];
      const paths = toStatePaths(values.state, io);
      const pid = await deps.findRunning(paths);
      if (pid !== null) {
        throw new CodedError(
          'P604',
          `process ${pid} runs on ${paths.root}; stop it with plumb down`,
        );
      }
      return runUntilStopped(deps, paths, { port, zones }, io);
    },
  };
}

async function runUntilStopped(
  deps: UpCommandDeps,
  paths: StatePaths,
  options: { readonly port: number; readonly zones: readonly string[] | null },
  io: CommandIo,
): Promise<number> {
  // From here on a signal no longer ends the process half-way through a start.
  const { stop } = io;
  const startedAt = deps.clock.now();
  const say = (text: string) => {
    const seconds = ((deps.clock.now() - startedAt) / 1000).toFixed(1).padStart(6);
    io.write(`${seconds} s  ${text}\n`);
  };
  if (!(await deps.isInitialised(paths))) {
    const genesis = await deps.initialise(paths, deps.exampleFolder);
    say(`made a platform repo, first commit ${genesis.slice(0, 12)}`);
  }
  const running = await deps.start(paths, options, say);
  try {
    const isReady = await waitUntilConverged(deps, running, stop);
    if (isReady) io.write(describeReady(running, paths));
    else if (!stop.aborted) say(`not converged yet; plumb status says why: ${running.url}`);
    await Promise.race([running.done, waitForStop(stop)]);
    if (stop.aborted) say('stopping: finishing what is in progress');
  } finally {
    await running.stop();
  }
  say('stopped');
  return EXIT_OK;
}

async function waitUntilConverged(
  deps: UpCommandDeps,
  running: RunningInstallation,
  stop: AbortSignal,
): Promise<boolean> {
  const until = deps.clock.now() + PATIENCE_MS;
  while (!stop.aborted && deps.clock.now() < until) {
    const zones = running.readStatus();
    if (zones.length > 0 && zones.every((zone) => zone.isConverged)) return true;
    await deps.clock.sleep(POLL_MS, stop);
  }
  return false;
}

function waitForStop(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
}

function describeReady(running: RunningInstallation, paths: StatePaths): string {
  return [
    '',
    'ready',
    ...running.readStatus().map(describeZone),
    '',
    'what to try next, in another terminal:',
    `  git clone ${paths.repository} my-platform`,
    '                                                edit a file of it, commit, git push',
    '  node reconciler/cli/plumb.mjs status --wait   what is in force, and what is not',
    '  node reconciler/cli/plumb.mjs audit log       what was done, and why',
    '  node reconciler/cli/plumb.mjs audit verify    that nothing was changed since',
    `  ${running.url.padEnd(44)}  the same as a page`,
    '',
    'Ctrl-C stops everything in order.',
    '',
  ].join('\n');
}

function describeZone({ zone, resources, source }: ZoneStatus): string {
  const isReady = ({ conditions }: ResourceStatus) =>
    conditions.some((one) => one.type === 'Ready' && one.status === 'True');
  const ready = resources.filter(isReady).length;
  const attention = ready === resources.length ? '' : '; plumb status says what is in the way';
  const held = source.held === null ? '' : `; held: ${source.held}`;
  return `  zone ${zone}: ${ready} of ${resources.length} resources as desired${attention}${held}`;
}
