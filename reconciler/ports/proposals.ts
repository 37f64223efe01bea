import type { Ref } from '../core/contracts/ref.ts';
import type { Proposal, RepoFile } from '../core/release/proposal.ts';

/** Where Plumbline asks people for a change of the platform repo. */
export interface Proposals {
  /** The file of main with the document of a resource; null where main has none. */
  findFile(ref: Ref): Promise<RepoFile | null>;
  /** Whether this branch was ever proposed. Closed means no, so it is not proposed again. */
  wasMade(branch: string): Promise<boolean>;
  /**
   * Puts the change before people, as one commit on its branch, and says under which number. What
   * it replaces is closed, unless somebody else has worked on it. May be repeated after a crash:
   * what was made by then is gone on with.
   */
  open(proposal: Proposal): Promise<number>;
}
