import type { Writable } from 'node:stream';
import { type LogFormat, toLogLine } from '../../../core/status/log-line.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log, LogEntry, LogLevel } from '../../../ports/log.ts';
import type { Secret } from '../../../ports/secrets.ts';

/** Beyond this much unwritten text entries are counted instead of kept: about 4,000 usual lines. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export type StreamLogOptions = {
  readonly stream: Writable;
  readonly format: LogFormat;
  readonly clock: Clock;
  /** Read at every entry, so that its owner may add what it learns later. */
  readonly redact: readonly Secret[];
  /** Entries below this level are left out. */
  readonly minimumLevel?: LogLevel;
};

/** Writes to a stream that somebody may stop reading: a full or broken one costs lines, not us. */
export function createStreamLog(options: StreamLogOptions): Log {
  const { stream, clock } = options;
  const minimumRank = RANKS[options.minimumLevel ?? 'debug'];
  let droppedCount = 0;
  // Without a listener a closed pipe would end the process.
  stream.on('error', () => {
    droppedCount += 1;
  });

  const writeLine = (entry: LogEntry) => {
    const secrets = options.redact.map((secret) => secret.reveal());
    const line = toLogLine({ at: clock.now(), ...entry }, { format: options.format, secrets });
    stream.write(`${line}\n`);
  };

  return {
    write(entry) {
      if (RANKS[entry.level] < minimumRank) return;
      if (stream.writableLength > MAX_BUFFERED_BYTES || !stream.writable) {
        droppedCount += 1;
        return;
      }
      try {
        if (droppedCount > 0) {
          const count = droppedCount;
          droppedCount = 0;
          writeLine(toDropNotice(count));
        }
        writeLine(entry);
      } catch {
        // A log that fails its caller would turn a detail into an outage.
        droppedCount += 1;
      }
    },
  };
}

function toDropNotice(count: number): LogEntry {
  return {
    level: 'warn',
    event: 'log-entries-dropped',
    message: 'the log could not keep up, or was broken, and some entries are missing here',
    fields: { count },
  };
}
