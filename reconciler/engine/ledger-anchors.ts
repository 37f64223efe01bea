import type { Digest } from '../core/contracts/digest.ts';
import type { Oid } from '../core/contracts/git.ts';
import type { ZoneDeps } from './zone-deps.ts';

type LedgerTip = { readonly seq: number; readonly record: Digest; readonly commit: Oid };

export type LedgerAnchors = {
  /** Takes up what an earlier term left without an anchor; `tip` is null before the first record. */
  readonly begin: (tip: LedgerTip | null) => Promise<void>;
  /** Tells of a new tip; it is anchored when enough records or enough time have passed. */
  readonly offer: (tip: LedgerTip) => Promise<void>;
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
    anchoredSeq = (await deps.anchor.list(deps.zone)).at(-1)?.seq ?? 0;
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
      const why = error instanceof Error ? error.message : 'unknown';
      deps.log.write({
        level: 'warn',
        event: 'anchor-failed',
        message: `record ${tip.seq} could not be anchored: ${why}`,
        fields: { zone: deps.zone, seq: tip.seq },
      });
    }
  };

  const offer = async (tip: LedgerTip): Promise<void> => {
    latest = tip;
    const { anchorEveryRecords, anchorEveryMs } = deps.settings;
    const isDue =
      tip.seq - anchoredSeq >= anchorEveryRecords || deps.clock.now() - anchoredAt >= anchorEveryMs;
    if (isDue) await flush();
  };

  return { begin, offer, flush };
}
