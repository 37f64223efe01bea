import { type Digest, digestJson } from '../../core/contracts/digest.ts';
import type { DriftReference } from '../../core/contracts/generated/model-manifest.generated.ts';
import { toRfc3339 } from '../../core/contracts/instant.ts';
import type { JsonObject } from '../../core/contracts/json.ts';
import { type NormalForm, toRef } from '../../core/contracts/normal-form.ts';
import { subtractCounts, sumCounts } from '../../core/drift/count-window.ts';
import { judgeWindow } from '../../core/drift/judge-window.ts';
import { toDriftSpec } from '../../core/drift/to-drift-spec.ts';
import { findChampion } from '../../core/release/shares.ts';
import { toDurationSeconds } from '../../core/spec/duration.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Counters } from '../../ports/counters.ts';
import type { Routes } from '../../ports/routes.ts';
import type { MonitorNotes, MonitorVerdict } from '../monitor-notes.ts';

export type WatchPorts = {
  readonly routes: Routes;
  readonly counters: Counters;
  readonly artifacts: ArtifactStore;
  readonly clock: Pick<Clock, 'now'>;
};

/** How a monitor goes on: notes after a window began or ended; null when neither did. */
export async function watch(
  ports: WatchPorts,
  live: NormalForm,
  notes: MonitorNotes,
): Promise<MonitorNotes | null> {
  const spec = toTypedSpec(live, 'Monitor');
  const endpoint = `${toRef(live).namespace}/${spec.endpoint}`;
  const version = await readChampion(ports, endpoint);
  if (version === null) return notes.window === null ? null : { ...notes, window: null };
  const now = ports.clock.now();
  const { window } = notes;
  const isOpen = window !== null && window.version === version;
  if (isOpen && now - window.fromMs < toDurationSeconds(spec.window) * 1_000) return null;
  // An alarm is told before anything follows it, so that none takes another's place.
  if (notes.alarm !== null) return null;
  const reference = await readReference(ports, version);
  if (reference === null) return null;
  const totals = await ports.counters.readTotals(endpoint);
  const counted = sumCounts(reference, totals, version);
  const next = { version, fromMs: now, counted };
  if (!isOpen) return { ...notes, window: next };
  const counts = subtractCounts(counted, window.counted);
  const bounds = { from: toRfc3339(window.fromMs), to: toRfc3339(now) };
  const judged = judgeWindow(toDriftSpec(spec), reference, { ...bounds, counts }, notes.state);
  const last = { ...judged.record, endpoint: spec.endpoint, version };
  const isFound = judged.verdict === 'drift' || judged.verdict === 'warn';
  const alarm = isFound && isNews(notes, last) ? last : null;
  const calmWindows = isFound ? 0 : notes.calmWindows + 1;
  return { ...notes, window: next, state: judged.state, last, alarm, calmWindows };
}

/** So long without a change that matters, and the next one is another. */
const CALM_WINDOWS = 24;

/** What goes on is told once; that it has become a drift, or has come back, is told again. */
function isNews({ told, calmWindows }: MonitorNotes, found: MonitorVerdict): boolean {
  if (told === null || told.version !== found.version || calmWindows >= CALM_WINDOWS) return true;
  return told.verdict === 'warn' && found.verdict === 'drift';
}

async function readChampion({ routes }: WatchPorts, endpoint: string): Promise<string | null> {
  const { endpoints } = await routes.read();
  return findChampion(endpoints.find((route) => route.endpoint === endpoint)?.versions ?? []);
}

/** Null while the version is not whole in the store: nothing can be compared then. */
async function readReference(
  { artifacts }: WatchPorts,
  version: string,
): Promise<DriftReference | null> {
  return (await artifacts.find(version))?.manifest.reference ?? null;
}

/** What the record of an alarm names: the exact counts stay where they were counted. */
export function toAlarmInputs(alarm: MonitorVerdict): Readonly<Record<string, Digest>> {
  const { version, countsDigest, referenceDigest, specDigest } = alarm;
  return {
    version: version as Digest,
    counts: countsDigest,
    reference: referenceDigest,
    spec: specDigest,
    verdict: digestJson(alarm as unknown as JsonObject),
  };
}
