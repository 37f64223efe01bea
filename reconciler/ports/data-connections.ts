import type { SynthesizeJob } from '../core/contracts/runner-jobs.ts';

export type DataConnection = {
  readonly name: string;
  /** What is made up, if anything is; a folder that people fill otherwise. */
  readonly synthetic: Omit<SynthesizeJob, 'v' | 'outputFolder'> | null;
};

/** A place that a resource may name, and never a path of the machine. */
export type DataLocation = { readonly connection: string; readonly path: string };

/** Where a zone's data comes from. What is behind a connection stays in its zone. */
export interface DataConnections {
  /** Makes the connection be there, and made-up data be as declared. Repeating it changes nothing. */
  ensure(connection: DataConnection): Promise<void>;
  /** Whether it is there as declared; `unknown` when that cannot be told. */
  observe(connection: DataConnection): Promise<'present' | 'absent' | 'unknown'>;
  /** Removes what `ensure` made up; what people put there stays. Removing the missing succeeds. */
  remove(name: string): Promise<void>;
  /**
   * Where the file of a location really is, with no link on the way: a program that opens it
   * compares, since links may come after this resolved. Throws P801 when there is none, or when it
   * is a link or reaches outside its connection.
   */
  locate(location: DataLocation): Promise<string>;
}
