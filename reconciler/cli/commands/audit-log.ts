import type { LedgerRecord } from '../../core/audit/record.ts';
import { toPrintable } from '../../core/spec/printable.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions, parseWholeNumber } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type LedgerEntry = {
  readonly commit: string;
  readonly title: string;
  readonly record: LedgerRecord;
};

export type AuditLogCommandDeps = {
  readonly listZones: (paths: StatePaths) => Promise<readonly string[]>;
  /** Newest first. */
  readonly readLedger: (
    paths: StatePaths,
    zone: string,
    maxCount: number,
  ) => Promise<readonly LedgerEntry[]>;
};

const HELP = `
usage: plumb audit log [--zone ZONE] [--count N] [--format text|json] [--state DIR]

Lists what was done, newest first, from the ledger alone. The same story in Git:
  git --git-dir .plumbline/platform.git log plumbline/audit/ZONE

  --zone ZONE      only this zone (default: all that have a ledger)
  --count N        at most N records of each zone (default 20)
  --format F       text (default) or json (one record a line)
${STATE_HELP}

Exit codes: 0; 1 the ledger could not be read.`;

export function createAuditLogCommand(deps: AuditLogCommandDeps): Command {
  return {
    words: ['audit', 'log'],
    summary: 'list what was done, newest first',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('audit log', args, {
        ...STATE_OPTION,
        zone: { type: 'string' },
        count: { type: 'string', default: '20' },
        format: { type: 'string', default: 'text' },
      });
      const format = parseChoice('audit log', 'format', values.format, ['text', 'json']);
      const range = { min: 1, max: 100_000 };
      const count = parseWholeNumber('audit log', 'count', values.count, range);
      const paths = toStatePaths(values.state, io);
      const zones = values.zone === undefined ? await deps.listZones(paths) : [values.zone];
      for (const zone of zones) {
        const entries = await deps.readLedger(paths, zone, count);
        if (format === 'json') {
          for (const entry of entries) {
            io.write(`${JSON.stringify({ commit: entry.commit, ...entry.record })}\n`);
          }
        } else io.write(renderZone(zone, entries));
      }
      return EXIT_OK;
    },
  };
}

function renderZone(zone: string, entries: readonly LedgerEntry[]): string {
  if (entries.length === 0) return `zone ${zone}: no records\n`;
  const lines = entries.map(({ commit, title, record }) => {
    const seq = String(record.seq).padStart(5);
    return `${seq}  ${record.at.slice(0, 19)}Z  ${commit.slice(0, 10)}  ${title}${toApprovers(record)}`;
  });
  return `${[`zone ${zone}`, ...lines].join('\n')}\n`;
}

/** People are named by addresses of the allowed signers, which a commit of main has brought. */
function toApprovers({ cause: { pull, approvals } }: LedgerEntry['record']): string {
  if (pull === null || approvals.length === 0) return '';
  const people = approvals.map(({ by }) => toPrintable(by)).join(', ');
  return ` [pull request ${toPrintable(pull)}, approved by ${people}]`;
}
