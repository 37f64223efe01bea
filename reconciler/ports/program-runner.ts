import type { JsonObject } from '../core/contracts/json.ts';

/**
 * Runs the bundled programs below `runners/` one at a time to their end: heavy native work happens
 * in them, never in the process that asks.
 */
export interface ProgramRunner {
  /**
   * Starts `program` with `verb`, hands it `job`, and returns the JSON object it answers with.
   * Nothing of this process's environment is inherited. Throws P801 or P804 when the program says
   * that what it was given is bad (its words are the message), P808 when it fails in any other way,
   * does not end in time or answers with something else; a program that is ended leaves no child
   * behind. One whose owner was killed goes on, until the next owner begins or everything is
   * stopped.
   */
  run(input: {
    readonly program: 'synthesize' | 'materialize' | 'evaluate';
    readonly verb: string;
    readonly job: JsonObject;
    readonly limitMs: number;
  }): Promise<JsonObject>;
}
