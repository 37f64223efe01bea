import { CodedError } from '../../core/contracts/coded-error.ts';
import { findMergeFault, listApprovers } from '../../core/forge/find-merge-fault.ts';
import { shorten } from '../../core/forge/pull-event.ts';
import type { PullRequest } from '../../core/forge/pull-request.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions } from '../parse-options.ts';
import {
  AS_HELP,
  AS_OPTION,
  parseIdentity,
  parsePullNumber,
  type WithForge,
} from '../pull-session.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';

const HELP = `
usage: plumb pr merge N [--squash] [--as NAME] [--format text|json]
                      [--state DIR]

Merges the head of a pull request into main, file by file. Refused when somebody
asks for changes, when the head moved since it was approved, and when main
changed the same files in another way.

  --squash         as one commit, without the history of the branch
${AS_HELP}
  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0 merged, or it was already; 1 refused.`;

export function createPrMergeCommand(deps: { readonly withForge: WithForge }): Command {
  return {
    words: ['pr', 'merge'],
    summary: 'merge a pull request into main',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'pr merge',
        args,
        {
          ...STATE_OPTION,
          ...AS_OPTION,
          squash: { type: 'boolean', default: false },
          format: { type: 'string', default: 'text' },
        },
        { maxPositionals: 1 },
      );
      const format = parseChoice('pr merge', 'format', values.format, ['text', 'json']);
      const name = parseIdentity('pr merge', values.as);
      const number = parsePullNumber('pr merge', positionals[0]);
      const method = values.squash ? 'squash' : 'merge';
      const pull = await deps.withForge(toStatePaths(values.state, io), async (session) => {
        const found = await session.forge.read(number);
        const fault = found.state === 'open' ? findMergeFault(found) : null;
        if (fault !== null) throw new CodedError(fault.code, fault.why);
        const actor = await session.loadActor(name);
        return session.forge.merge(number, { head: found.head, method }, actor);
      });
      io.write(format === 'json' ? `${JSON.stringify({ v: 1, pull })}\n` : render(pull));
      return EXIT_OK;
    },
  };
}

function render(pull: PullRequest): string {
  const { number, merged } = pull;
  const approvers = listApprovers(pull);
  const lines = [
    `merged   pull request ${number} into main as ${shorten(merged?.commit ?? '')}`,
    approvers.length > 0
      ? `approved by ${approvers.join(', ')}`
      : 'note     nobody else approved it; the requiredApprovals of the Platform say whether it is followed',
  ];
  return `${lines.join('\n')}\n`;
}
