import { type ChildProcess, spawn } from 'node:child_process';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { NodeConfig } from '../../../core/contracts/node-config.ts';
import { openLog, readLogEnd, toConfigFile, writeConfig } from './node-folder.ts';

/** What a program needs to find others and to write; nothing of ours that is secret. */
const KEPT_VARIABLES = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'] as const;

export type StartedNode = {
  readonly pid: number | undefined;
  /** Null while it runs. */
  readonly ending: () => string | null;
  /** The last lines that it has written. */
  readonly readLog: () => Promise<string>;
  /** For one that is not written down, until it is gone; one that is is ended by its record. */
  readonly kill: () => Promise<void>;
};

/** In a session of its own, so that neither our end nor a Ctrl-C in our terminal ends it. */
export async function startNode(
  program: readonly string[],
  config: NodeConfig,
): Promise<StartedNode> {
  await writeConfig(config);
  const { nodeFolder } = config;
  const { handle, startsAt } = await openLog(nodeFolder);
  try {
    const [file = '', ...args] = program;
    const child = spawn(file, [...args, toConfigFile(nodeFolder)], {
      cwd: nodeFolder,
      env: toEnvironment(),
      detached: true,
      stdio: ['ignore', handle.fd, handle.fd],
    });
    const ending = watchEnding(child);
    await waitForStart(child, file);
    child.unref();
    return {
      pid: child.pid,
      ending,
      readLog: () => readLogEnd(nodeFolder, startsAt),
      async kill() {
        if (ending() !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.ref();
        child.kill('SIGKILL');
        await ended;
      },
    };
  } finally {
    await handle.close();
  }
}

function toEnvironment(): NodeJS.ProcessEnv {
  const kept = KEPT_VARIABLES.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

function watchEnding(child: ChildProcess): () => string | null {
  let ending: string | null = null;
  child.once('exit', (code, signal) => {
    ending = signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
  });
  return () => ending;
}

async function waitForStart(child: ChildProcess, file: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (cause) {
    throw new CodedError('P810', `the serving node cannot be started: ${file}`, { cause });
  }
}
