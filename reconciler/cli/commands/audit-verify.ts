import type { LedgerVerdict } from '../../core/audit/verify-ledger.ts';
import { type Command, type CommandIo, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';
import type { ZoneVerdict } from '../verify-ledgers.ts';

export type VerifyRequest = {
  readonly paths: StatePaths;
  /** A repository elsewhere, such as an auditor's clone; null for the installation's own. */
  readonly repository: string | null;
  /** A file that says who may sign; null for what the installation's first commit says. */
  readonly allowedSigners: string | null;
  readonly signer: string;
  readonly zone: string | null;
  readonly strict: boolean;
};

export type AuditVerifyCommandDeps = {
  readonly verify: (request: VerifyRequest) => Promise<readonly ZoneVerdict[]>;
};

const DEFAULT_SIGNER = 'plumbline@localhost';

const HELP = `
usage: plumb audit verify [--zone ZONE] [--strict] [--repository PATH]
                          [--allowed-signers FILE] [--signer NAME]
                          [--format text|json] [--state DIR]

Checks the ledger offline: every object, every signature, the chain of records,
that no effect is told twice, and that it still contains every checkpoint that
was anchored outside. It shares no code with what writes the ledger.

  --zone ZONE              only this zone (default: all that main declares)
  --strict                 records that no checkpoint covers are an error too
  --repository PATH        another repository, such as a clone of yours
  --allowed-signers FILE   who may sign (default: what the first commit says)
  --signer NAME            who writes the ledger (default ${DEFAULT_SIGNER})
  --format F               text (default) or json
${STATE_HELP}

Exit codes: 0 whole; 1 could not be checked; 2 corrupt; 3 truncated or rolled
back; 4 forked; 5 signed by somebody else; 6 gap or duplicate; 7 unanchored
(with --strict).`;

/** From the surest sign of damage to the mildest: the worst of several zones is the answer. */
const BY_SEVERITY = [2, 5, 4, 3, 6, 7];

export function createAuditVerifyCommand(deps: AuditVerifyCommandDeps): Command {
  return {
    words: ['audit', 'verify'],
    summary: 'check offline that the ledger is whole and unchanged',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('audit verify', args, {
        ...STATE_OPTION,
        zone: { type: 'string' },
        strict: { type: 'boolean', default: false },
        repository: { type: 'string' },
        'allowed-signers': { type: 'string' },
        signer: { type: 'string', default: DEFAULT_SIGNER },
        format: { type: 'string', default: 'text' },
      });
      const format = parseChoice('audit verify', 'format', values.format, ['text', 'json']);
      const verdicts = await deps.verify({
        paths: toStatePaths(values.state, io),
        repository: values.repository ?? null,
        allowedSigners: values['allowed-signers'] ?? null,
        signer: values.signer,
        zone: values.zone ?? null,
        strict: values.strict,
      });
      for (const { zone, verdict } of verdicts) report(zone, verdict, format, io);
      const codes = verdicts.map(({ verdict }) => verdict.exitCode);
      return BY_SEVERITY.find((code) => codes.includes(code)) ?? EXIT_OK;
    },
  };
}

function report(
  zone: string,
  verdict: LedgerVerdict,
  format: 'text' | 'json',
  io: CommandIo,
): void {
  if (format === 'json') {
    io.write(`${JSON.stringify({ v: 1, zone, ...verdict })}\n`);
    return;
  }
  const { findings, omittedFindings, records, tip, unanchoredSince } = verdict;
  const state = verdict.exitCode === 0 ? 'whole' : 'NOT whole';
  const at = tip === null ? '' : `, tip ${tip.commit.slice(0, 12)}`;
  const anchored = unanchoredSince === null ? '' : `, unanchored since record ${unanchoredSince}`;
  io.write(`zone ${zone}: ${state}, ${records} records${at}${anchored}\n`);
  for (const { code, commit, message } of findings) {
    io.write(`  ${code} ${commit === null ? '' : `${commit.slice(0, 12)} `}${message}\n`);
  }
  if (omittedFindings > 0) io.write(`  and ${omittedFindings} more\n`);
}
