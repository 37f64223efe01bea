import { toPrintable } from '../../core/forge/printable.ts';
import { PULL_LIMITS, shorten } from '../../core/forge/pull-event.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { badUsage, parseChoice, parseOptions } from '../parse-options.ts';
import {
  AS_HELP,
  AS_OPTION,
  type PullSession,
  parseIdentity,
  type WithForge,
} from '../pull-session.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';

export type PrCreateCommandDeps = {
  readonly withForge: WithForge;
  /** Relative to the folder that the command runs in. */
  readonly readBodyFile: (path: string, cwd: string) => Promise<string>;
};

const HELP = `
usage: plumb pr create --head BRANCH [--title TEXT] [--body-file FILE]
                       [--as NAME] [--format text|json] [--state DIR]

Opens a pull request for a branch that was pushed to the platform repo.

  --head BRANCH    the branch, as it is named there
  --title TEXT     one line (default: the subject of the branch's last commit)
  --body-file F    what a reviewer should know, from a file
${AS_HELP}
  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0 opened; 1 there is no such branch, or it has nothing to merge.`;

export function createPrCreateCommand(deps: PrCreateCommandDeps): Command {
  return {
    words: ['pr', 'create'],
    summary: 'open a pull request for a pushed branch',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('pr create', args, {
        ...STATE_OPTION,
        ...AS_OPTION,
        head: { type: 'string' },
        title: { type: 'string' },
        'body-file': { type: 'string' },
        format: { type: 'string', default: 'text' },
      });
      const format = parseChoice('pr create', 'format', values.format, ['text', 'json']);
      const name = parseIdentity('pr create', values.as);
      const branch = values.head;
      if (branch === undefined) throw badUsage('pr create', 'say --head BRANCH');
      const file = values['body-file'];
      const body = file === undefined ? '' : await deps.readBodyFile(file, io.cwd);
      const paths = toStatePaths(values.state, io);
      const pull = await deps.withForge(paths, async (session) => {
        const title = values.title ?? (await readSubject(session, branch));
        return session.forge.open({ title, body, branch }, await session.loadActor(name));
      });
      if (format === 'json') io.write(`${JSON.stringify({ v: 1, pull })}\n`);
      else {
        const { number, title, head } = pull;
        io.write(`pull request ${number}  ${toPrintable(title)}\n`);
        io.write(`branch   ${branch} at ${shorten(head)}\n`);
        io.write(`next     plumb pr diff ${number}; plumb pr approve ${number} --as reviewer\n`);
      }
      return EXIT_OK;
    },
  };
}

/** Empty for a branch that is not there: opening says so. Cut where a line of a list ends anyway. */
async function readSubject({ git }: PullSession, branch: string): Promise<string> {
  if (!/^[a-z0-9][a-z0-9._/-]*$/.test(branch)) return '';
  const head = await git.readRef(`refs/heads/${branch}`).catch(() => null);
  if (head === null) return '';
  const { message } = await git.readCommit(head);
  const [subject = ''] = toPrintable(message).split('\n');
  return [...subject].slice(0, PULL_LIMITS.maxTitleCharacters / 2).join('');
}
