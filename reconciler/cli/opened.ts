/** What a command has opened so far, to be closed in the opposite order. */
export type Opened = {
  readonly add: (close: () => Promise<void>) => void;
  /** Closes all of it, also when closing one of them fails, and then throws the first failure. */
  readonly closeAll: () => Promise<void>;
};

export function createOpened(): Opened {
  const closers: (() => Promise<void>)[] = [];
  return {
    add: (close) => {
      closers.push(close);
    },
    closeAll: async () => {
      const failures: unknown[] = [];
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
        await close().catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
