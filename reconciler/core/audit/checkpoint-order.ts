import type { Digest } from '../contracts/digest.ts';
import type { Oid } from '../contracts/git.ts';

type Place = { readonly seq: number; readonly record: Digest; readonly commit: Oid };

/** What becomes of a checkpoint that comes after `last`: kept, known already, or refused. */
export function compareCheckpoints(
  last: Place | undefined,
  next: Place,
): 'newer' | 'same' | { readonly refused: string } {
  if (last === undefined || next.seq > last.seq) return 'newer';
  if (next.seq < last.seq) {
    return { refused: `checkpoint ${next.seq} is older than ${last.seq}, which is kept already` };
  }
  const isSame = next.record === last.record && next.commit === last.commit;
  return isSame
    ? 'same'
    : { refused: `checkpoint ${next.seq} is kept with another record or commit` };
}
