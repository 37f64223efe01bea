import type { OnlineFeatureReader } from '../../../reconciler/ports/online-features.ts';

/** A reader on one database, and how to let go of it. */
export type OpenedReader = {
  readonly reader: OnlineFeatureReader;
  readonly close: () => Promise<void>;
};

export type LateOnlineFeaturesDeps = {
  /** Where the zone's database is now; throws while nobody has said so. */
  readonly readUrl: () => Promise<string>;
  readonly open: (url: string) => OpenedReader;
};

/**
 * The zone's database may come after the node, and may move when the control plane starts anew:
 * where it is gets asked for when it is needed first and after each failure, not for each request.
 */
export function createLateOnlineFeatures(
  deps: LateOnlineFeaturesDeps,
): OnlineFeatureReader & { readonly close: () => Promise<void> } {
  let current: { readonly url: string; readonly opened: OpenedReader } | null = null;
  let isDoubtful = true;

  const connect = async (): Promise<OnlineFeatureReader> => {
    if (current !== null && !isDoubtful) return current.opened.reader;
    const url = await deps.readUrl();
    if (current === null || current.url !== url) {
      // Whoever still reads from the old one gets its answer first.
      void current?.opened.close().catch(() => undefined);
      current = { url, opened: deps.open(url) };
    }
    isDoubtful = false;
    return current.opened.reader;
  };

  const attempt = async <Result>(
    read: (reader: OnlineFeatureReader) => Promise<Result>,
  ): Promise<Result> => {
    try {
      return await read(await connect());
    } catch (error) {
      isDoubtful = true;
      throw error;
    }
  };

  return {
    read: (keys) => attempt((reader) => reader.read(keys)),
    readDefinition: (digest) => attempt((reader) => reader.readDefinition(digest)),
    close: async () => current?.opened.close(),
  };
}
