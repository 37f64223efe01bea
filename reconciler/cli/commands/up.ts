import { CodedError } from '../../core/contracts/coded-error.ts';
import { toRefTitle } from '../../core/contracts/ref.ts';
import type { ZoneStatus } from '../../core/status/zone-status.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Command, type CommandIo, EXIT_OK } from '../command.ts';
import { describeReady, type NodeAddress } from '../describe-ready.ts';
import { parseOptions, parseWholeNumber } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type RunningInstallation = {
  readonly url: string;
  readonly readStatus: () => readonly ZoneStatus[];
  /** Where models are served, by those nodes that run. */
  readonly listNodes: () => Promise<readonly NodeAddress[]>;
  /** Rejects when the reconciler ends by itself. */
  readonly done: Promise<void>;
  /** Drains and stops in order: reconciler, trainings, HTTP, database. */
  readonly stop: () => Promise<void>;
};

export type UpOptions = {
  readonly port: number;
  /** Where data-plane nodes try to answer first. */
  readonly servingPort: number;
  readonly zones: readonly string[] | null;
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
    options: UpOptions,
    onStep: (text: string) => void,
  ) => Promise<RunningInstallation>;
};

const HELP = `
usage: plumb up [--port N] [--serve-port N] [--zone ZONE] [--state DIR]

Starts the database (or adopts the one that runs) and the reconciler, makes a
platform repo first when there is none, says when everything has converged, and
runs until Ctrl-C, which stops everything in order: a training keeps what it has
come to, and goes on after the next start. plumb down stops it from elsewhere.

  --port N         the status page's port on 127.0.0.1 (default 7171, 0: any free one)
  --serve-port N   where models are served on 127.0.0.1: this port or one of the next
                   (default 7272, 0: any free one)
  --zone ZONE      act for this zone only (default: all that the repo declares)
${STATE_HELP}

Environment: DATABASE_URL uses that PostgreSQL server instead of the embedded one;
PLUMBLINE_ENVIRONMENTS is where trainers' environments are kept, for several
installations to share (default: in the state folder).

What happens is told on stdout, the log is written to stderr: as warnings for a
person where that is a terminal, else as a line of JSON for each event. Keep them
apart with plumb up 2> plumbline.log, or npm start 2> plumbline.log.

Exit codes: 0 stopped in order; 1 could not start, or failed.`;

const DEFAULT_PORT = '7171';
const DEFAULT_SERVE_PORT = '7272';
const PORT_RANGE = { min: 0, max: 65_535 };
const POLL_MS = 50;
/** After this long without convergence it says so, once, and goes on. */
const PATIENCE_MS = 300_000;

export function createUpCommand(deps: UpCommandDeps): Command {
  return {
    words: ['up'],
    summary: 'start everything here and keep it as Git says',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('up', args, {
        ...STATE_OPTION,
        port: { type: 'string', default: DEFAULT_PORT },
        'serve-port': { type: 'string', default: DEFAULT_SERVE_PORT },
        zone: { type: 'string' },
      });
      const port = parseWholeNumber('up', 'port', values.port, PORT_RANGE);
      const servingPort = parseWholeNumber('up', 'serve-port', values['serve-port'], PORT_RANGE);
      const zones = values.zone === undefined ? null : [values.zone];
      const paths = toStatePaths(values.state, io);
      const pid = await deps.findRunning(paths);
      if (pid !== null) {
        throw new CodedError(
          'P604',
          `process ${pid} runs on ${paths.root}; stop it with plumb down`,
        );
      }
      return runUntilStopped(deps, paths, { port, servingPort, zones }, io);
    },
  };
}

async function runUntilStopped(
  deps: UpCommandDeps,
  paths: StatePaths,
  options: UpOptions,
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
    const isReady = await Promise.race([
      waitUntilConverged(deps, running, stop, say),
      running.done.then(() => false),
    ]);
    if (isReady) {
      const { url } = running;
      const [zones, nodes] = [running.readStatus(), await running.listNodes()];
      const { servingPort } = options;
      io.write(describeReady({ url, zones, nodes, servingPort, paths, folder: io.cwd }));
    }
    await Promise.race([running.done, waitForStop(stop)]);
    if (stop.aborted) say('stopping: finishing what is in progress');
  } finally {
    await running.stop();
  }
  say('stopped');
  return EXIT_OK;
}

/** Says what takes its time, each thing once, until everything has come to rest. */
async function waitUntilConverged(
  deps: UpCommandDeps,
  running: RunningInstallation,
  stop: AbortSignal,
  say: (text: string) => void,
): Promise<boolean> {
  const said = new Set<string>();
  const sayOnce = (text: string) => {
    if (!said.has(text)) say(text);
    said.add(text);
  };
  const patientUntil = deps.clock.now() + PATIENCE_MS;
  while (!stop.aborted) {
    const zones = running.readStatus();
    if (zones.length > 0 && zones.every((zone) => zone.isConverged)) return true;
    for (const text of zones.flatMap(describeProgress)) sayOnce(text);
    if (deps.clock.now() > patientUntil) {
      sayOnce(`not converged yet; plumb status says why: ${running.url}`);
    }
    await deps.clock.sleep(POLL_MS, stop);
  }
  return false;
}

/** Definitions come into force by the dozen; what is told is what takes its time. */
const SLOW_KINDS: ReadonlySet<string> = new Set([
  'Connection',
  'DataSource',
  'FeatureView',
  'Trainer',
  'Model',
  'Release',
]);

function describeProgress({ zone, resources }: ZoneStatus): readonly string[] {
  return resources.flatMap(({ ref, conditions }) =>
    conditions
      .filter(({ type, reason }) => type === 'Progressing' && reason !== 'WaitingForDependency')
      .filter(() => SLOW_KINDS.has(ref.kind))
      .map(({ message }) => `zone ${zone}: ${toRefTitle(ref)}: ${message}`),
  );
}

function waitForStop(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
}
