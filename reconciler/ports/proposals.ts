import type { Ref } from '../core/contracts/ref.ts';
import type { Proposal, RepoFile } from '../core/release/proposal.ts';

/** Where Plumbline asks people for a change of the platform repo. */
export interface Proposals {
  /** The file of main with the document of a resource; null where main has none. */
  findFile(ref: Ref): Promise<RepoFile | null>;
  /** What became of a proposal; null before it is made. Closed means no: it is not made again. */
  stateOf(branch: string): Promise<'open' | 'merged' | 'closed' | null>;
  /**
   * Puts the change before people, as one commit on its branch, and says under which number. What
   * it replaces is closed, unless somebody else has worked on it. One that nobody has to approve is
   * merged at once, after a comment that says why; where main has changed the same file meanwhile it
   * stays open for people. May be repeated after a crash: what was made by then is gone on with.
   */
  open(proposal: Proposal): Promise<number>;
}
