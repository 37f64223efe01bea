import { isCodedError } from '../core/contracts/coded-error.ts';
import type { PullRequest } from '../core/forge/pull-request.ts';
import type { Forge, ForgeActor } from '../ports/forge.ts';
import type { GitReader } from '../ports/git.ts';
import { badUsage } from './parse-options.ts';
import type { StatePaths } from './state-paths.ts';

/** What commands about pull requests work with. */
export type PullSession = {
  readonly forge: Forge;
  readonly git: GitReader;
  /** The identity of this name; throws P412 when this installation has no key of it. */
  readonly loadActor: (name: string) => Promise<ForgeActor>;
};

/** Opens the forge of an installation, and closes it afterwards. */
export type WithForge = <Result>(
  paths: StatePaths,
  work: (session: PullSession) => Promise<Result>,
) => Promise<Result>;

export const AS_OPTION = { as: { type: 'string', default: 'you' } } as const;
export const AS_HELP = '  --as NAME        the identity that acts, a key below keys/ (default you)';

/** Sees pushes, and never approves: that it wrote down a new head takes no right from anybody. */
const WITNESS = 'plumbline';

export function parseIdentity(command: string, text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(text)) return text;
  throw badUsage(command, '--as is the name of an identity, such as you or reviewer');
}

export function parsePullNumber(command: string, text: string | undefined): number {
  const number = text !== undefined && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : null;
  if (number === null) throw badUsage(command, 'say the number of a pull request');
  return number;
}

/** As the branch is now; where this installation cannot write that down, as it was seen last. */
export async function readPullNow(session: PullSession, number: number): Promise<PullRequest> {
  try {
    return await session.forge.refresh(number, await session.loadActor(WITNESS));
  } catch (error) {
    if (!isCodedError(error, 'P412') && !isCodedError(error, 'P417')) throw error;
    return session.forge.read(number);
  }
}
