import { toLogLine } from '../../../core/status/log-line.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { Secret } from '../../../ports/secrets.ts';

/** The oldest lines go first: a long simulation must not grow without end. */
const MAX_LINES = 10_000;

export interface MemoryLog extends Log {
  /** JSON lines, oldest first. */
  lines(): readonly string[];
}

export function createMemoryLog(options: {
  readonly clock: Clock;
  readonly redact?: readonly Secret[];
}): MemoryLog {
  const lines: string[] = [];
  return {
    write(entry) {
      const secrets = (options.redact ?? []).map((secret) => secret.reveal());
      try {
        const input = { at: options.clock.now(), ...entry };
        lines.push(toLogLine(input, { format: 'json', secrets }));
      } catch {
        return;
      }
      if (lines.length > MAX_LINES) lines.shift();
    },
    lines: () => [...lines],
  };
}
