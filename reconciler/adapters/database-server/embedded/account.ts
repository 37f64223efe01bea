import { getuid } from 'node:process';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { type Account, runProgram } from './program.ts';

const CANDIDATES = ['postgres', 'nobody'] as const;

const ID_TIMEOUT_MS = 10_000;

/**
 * Postgres refuses to run as root. Null for an ordinary user, who runs it as himself; for root the
 * user that distributions make for Postgres, or else the one without any rights.
 */
export async function chooseAccount(): Promise<Account | null> {
  if (getuid?.() !== 0) return null;
  for (const name of CANDIDATES) {
    const uid = await readId('-u', name);
    const gid = await readId('-g', name);
    if (uid !== null && uid !== 0 && gid !== null) return { name, uid, gid };
  }
  throw new CodedError(
    'P602',
    `Postgres does not run as root, and there is no user ${CANDIDATES.join(' or ')} to run it as: ` +
      'run Plumbline as an ordinary user, or set DATABASE_URL',
  );
}

async function readId(flag: '-u' | '-g', name: string): Promise<number | null> {
  const result = await runProgram({
    file: 'id',
    args: [flag, name],
    account: null,
    workFolder: '/',
    timeoutMs: ID_TIMEOUT_MS,
  });
  const id = Number(result.output.trim());
  return result.status === 0 && Number.isSafeInteger(id) ? id : null;
}
