import type { Digest } from '../core/contracts/digest.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { ZoneDeps } from './zone-deps.ts';

type LedgerTip = { readonly seq: number; readonly record: Digest; readonly commit: Oid };

export type LedgerAnchors = {
  /** Takes up what an earlier term left without an anchor; `tip` is null before the first record. */
  readonly begin: (tip: LedgerTip | null) => Promise<void>;
  /** Tells of a new tip, and anchors it when that is due. */
  readonly offer: (tip: LedgerTip) => Promise<void>;
  /** Anchors the newest tip when enough records, or enough time, have passed since the last one. */
  readonly flushWhenDue: () => Promise<void>;
  /** Anchors the newest tip now, if it is not yet. */
  readonly flush: () => Promise<void>;
};

/**
 * A hash chain cannot show that its end was cut off, so its tip is kept outside now and then.
 * A failing anchor does not stop the ledger: verification says since when it is unanchored.
 */
export function createLedgerAnchors(deps: ZoneDeps): LedgerAnchors {
  let latest: LedgerTip | null = null;
  let anchoredSeq = 0;
  let anchoredAt = deps.clock.now();

  const begin = async (tip: LedgerTip | null): Promise<void> => {
    if (tip === null) return;
    try {
      anchoredSeq = (await deps.anchor.list(deps.zone)).at(-1)?.seq ?? 0;
    } catch (error) {
      warn(deps, 'what was anchored before cannot be read', error);
    }
    latest = tip.seq > anchoredSeq ? tip : null;
  };

  const flush = async (): Promise<void> => {
    if (latest === null || latest.seq === anchoredSeq) return;
    const tip = latest;
    try {
      await deps.anchor.append({ zone: deps.zone, ...tip, at: deps.clock.now() });
      anchoredSeq = tip.seq;
      anchoredAt = deps.clock.now();
    } catch (error) {
      warn(deps, `record ${tip.seq} could not be anchored`, error);
    }
  };

  const flushWhenDue = async (): Promise<void> => {
    const { anchorEveryRecords, anchorEveryMs } = deps.settings;
    const waiting = (latest?.seq ?? anchoredSeq) - anchoredSeq;
    const isLongAgo = deps.clock.now() - anchoredAt >= anchorEveryMs;
    if (waiting >= anchorEveryRecords || isLongAgo) await flush();
  };

  const offer = async (tip: LedgerTip): Promise<void> => {
    latest = tip;
    await flushWhenDue();
  };

  return { begin, offer, flushWhenDue, flush };
}

function warn(deps: ZoneDeps, what: string, error: unknown): void {
  const why = error instanceof Error ? error.message : 'unknown';
  const message = `${what}: ${why}`;
  deps.log.write({ level: 'warn', event: 'anchor-failed', message, fields: { zone: deps.zone } });
}
