import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A child that answers each line it is given with one line. */
export type LineChild = {
  readonly pid: number;
  /** Null when it ended instead of answering. */
  readonly ask: (line: string) => Promise<string | null>;
  readonly kill: () => Promise<void>;
};

/** Starts a TypeScript file in a process of its own and waits for its first line. */
export async function startLineChild(script: URL, args: readonly string[]): Promise<LineChild> {
  const child = spawn(process.execPath, ['--import', 'tsx', script.pathname, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string | null> => {
    const { done, value } = await lines.next();
    return done === true ? null : value;
  };
  if ((await nextLine()) === null) throw new Error(`${script.pathname} did not start`);
  return {
    pid: child.pid as number,
    ask(line) {
      child.stdin.write(`${line}\n`);
      return nextLine();
    },
    kill: () => killChild(child),
  };
}

async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
