import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { redactSecrets } from '../../../core/runs/failure-text.ts';

const MAX_LINE_BYTES = 16 * 1024;

/** What a program says, line by line, in a file of bounded size. */
export type StepLog = {
  readonly write: (stream: 'stdout' | 'stderr', chunk: string) => void;
  /** The last line on standard output that is not empty. */
  readonly readLastLine: () => string;
  readonly close: () => void;
};

type Pending = { readonly text: string; readonly isCut: boolean };
const NOTHING: Pending = { text: '', isCut: false };

/**
 * Lines longer than 16 KiB are cut; when the file is half of what it may be it becomes
 * `<path>.1`, in place of an older one. Written at once: the supervisor has nothing else to do, and
 * what it did not write is lost when it is killed.
 */
export function createStepLog(path: string, maxBytes: number): StepLog {
  let file = openLog(path);
  const pending = { stdout: NOTHING, stderr: NOTHING };
  let lastLine = '';

  const writeLine = (stream: 'stdout' | 'stderr', { text, isCut }: Pending): void => {
    if (stream === 'stdout' && text.trim() !== '') lastLine = text;
    const line = Buffer.from(`${redactSecrets(text)}${isCut ? ' […]' : ''}\n`);
    if (file.size + line.length > maxBytes / 2) {
      closeSync(file.handle);
      renameSync(path, `${path}.1`);
      file = openLog(path);
    }
    writeSync(file.handle, line);
    file = { ...file, size: file.size + line.length };
  };

  return {
    write(stream, chunk) {
      const parts = chunk.split('\n');
      for (const [index, part] of parts.entries()) {
        pending[stream] = append(pending[stream], part);
        if (index === parts.length - 1) break;
        writeLine(stream, pending[stream]);
        pending[stream] = NOTHING;
      }
    },
    readLastLine: () => (pending.stdout.text.trim() === '' ? lastLine : pending.stdout.text),
    close() {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (pending[stream].text !== '') writeLine(stream, pending[stream]);
      }
      closeSync(file.handle);
    },
  };
}

function append({ text, isCut }: Pending, part: string): Pending {
  const room = MAX_LINE_BYTES - text.length;
  return { text: text + part.slice(0, room), isCut: isCut || part.length > room };
}

function openLog(path: string): { readonly handle: number; readonly size: number } {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const handle = openSync(path, flags, 0o600);
  return { handle, size: fstatSync(handle).size };
}
