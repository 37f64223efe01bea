/** What a command may use of the terminal and the process that runs it. */
export type CommandIo = {
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Whether a person watches: then colour and progress help. */
  readonly isTerminal: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Aborted by the first SIGINT or SIGTERM, which end a command that never asks for this: who asks
   * must watch it.
   */
  readonly stop: AbortSignal;
};

/** One command of `plumb`; its words decide which one runs (`audit verify`). */
export type Command = {
  readonly words: readonly string[];
  readonly summary: string;
  /** Shown by `--help`, exit codes included. */
  readonly help: string;
  readonly run: (args: readonly string[], io: CommandIo) => Promise<number>;
};

/** Exit codes that every command shares; others are in a command's own help. */
export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_CHANGES_PENDING = 2;
