import { CodedError } from '../../core/contracts/coded-error.ts';
import { shorten } from '../../core/forge/pull-event.ts';
import type { PullRequest } from '../../core/forge/pull-request.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import {
  AS_HELP,
  AS_OPTION,
  type PullSession,
  parseIdentity,
  parsePullNumber,
  type WithForge,
} from '../pull-session.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';

const HELP = `
usage: plumb pr approve N [--head COMMIT] [--comment TEXT] [--request-changes]
                        [--as NAME] [--format text|json] [--state DIR]

Signs that the head of a pull request, as plumb pr show or diff showed it last,
is good. When the branch was pushed to since, nothing is approved: look again.
Whoever had a part in the head may approve too; that is recorded as their own.

  --head COMMIT    approve only this head (its beginning is enough)
  --comment TEXT   said with the review
  --request-changes
                   say that it is not good yet; takes an approval back
${AS_HELP}
  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0 recorded; 1 the identity may not approve, the head moved, or the
pull request is finished.`;

const COMMAND = 'pr approve';

export function createPrApproveCommand(deps: { readonly withForge: WithForge }): Command {
  return {
    words: ['pr', 'approve'],
    summary: 'approve a pull request, or ask for changes',
    help: HELP,
    run: async (args, io) => {
      const options = {
        ...STATE_OPTION,
        ...AS_OPTION,
        head: { type: 'string' },
        comment: { type: 'string', default: '' },
        'request-changes': { type: 'boolean', default: false },
        format: { type: 'string', default: 'text' },
      } as const;
      const { values, positionals } = parseOptions(COMMAND, args, options, { maxPositionals: 1 });
      const format = parseChoice(COMMAND, 'format', values.format, ['text', 'json']);
      const name = parseIdentity(COMMAND, values.as);
      const number = parsePullNumber(COMMAND, positionals[0]);
      const type = values['request-changes'] ? 'request-changes' : 'approve';
      const pull = await deps.withForge(toStatePaths(values.state, io), async (session) => {
        const head = await chooseHead(session, number, values.head);
        const actor = await session.loadActor(name);
        return session.forge.add(number, { type, head, body: values.comment }, actor);
      });
      io.write(format === 'json' ? `${JSON.stringify({ v: 1, pull })}\n` : render(pull));
      return EXIT_OK;
    },
  };
}

async function chooseHead(
  { forge }: PullSession,
  number: number,
  wanted: string | undefined,
): Promise<string> {
  if (wanted !== undefined && !/^[0-9a-f]{7,40}$/.test(wanted)) {
    throw badUsage(COMMAND, '--head is a commit, at least its first 7 digits');
  }
  const { head } = await forge.read(number);
  if (wanted === undefined || head.startsWith(wanted)) return head;
  throw new CodedError(
    'P418',
    `pull request ${number} is at ${shorten(head)}, not at ${wanted}; look again with plumb pr diff ${number}`,
  );
}

function render({ number, head, reviews }: PullRequest): string {
  // A person's last word is the last of all.
  const review = reviews.at(-1);
  const by = review?.by ?? '';
  if (review?.verdict !== 'approve') {
    return `changes requested  pull request ${number} at ${shorten(head)} by ${by}\n`;
  }
  const line = `approved ${review.isSelf ? '(self) ' : ''}pull request ${number} at ${shorten(head)} by ${by}\n`;
  if (!review.isSelf) return line;
  return `${line}note     ${by} had a part in it: where policy asks for somebody else, this does not count\n`;
}
