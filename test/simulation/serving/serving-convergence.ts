import type { JsonObject } from '../../../reconciler/core/contracts/json.ts';
import type { NormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import type { RefKey } from '../../../reconciler/core/contracts/ref.ts';
import type { ZoneWorld } from '../simulated-world.ts';

const RELEASE: RefKey = 'Release/payments/fraud';
const MODEL: RefKey = 'Model/payments/fraud';
const MONITOR: RefKey = 'Monitor/payments/fraud';

type Position = {
  readonly canary: string;
  readonly stable: string | null;
  readonly end: 'promoted' | 'rolledBack' | null;
};

type Share = { readonly version: string; readonly percent: number };

/** A release that failed in life stays where it was taken back to until people answer. */
export function isGivenUp({ definitions }: ZoneWorld, desired: NormalForm | undefined): boolean {
  if (desired === undefined) return false;
  const position = readNotes(definitions, RELEASE)?.['position'] as Position | undefined;
  if (position?.end !== 'rolledBack') return false;
  return listShares(desired).some(({ version }) => version === position.canary);
}

/** Says what of one model's life is not yet as it will be, once nothing changes any more. */
export async function listServingDivergences(
  zone: ZoneWorld,
  desired: ReadonlyMap<RefKey, NormalForm>,
): Promise<readonly string[]> {
  const { serving, definitions } = zone;
  if (serving === null) return [];
  const found: string[] = [];
  const model = readNotes(definitions, MODEL) as {
    readonly candidate?: { readonly end: unknown };
  } | null;
  if (model?.candidate?.end === null) found.push(`${MODEL} is being retrained`);
  const monitor = readNotes(definitions, MONITOR);
  if (monitor !== null && monitor['alarm'] !== null) found.push(`${MONITOR} has something to tell`);
  const release = desired.get(RELEASE);
  const { endpoints } = await serving.routes.read();
  const shares = endpoints.flatMap(({ versions }) => versions);
  const isServed = isSame(shares, release === undefined ? [] : listShares(release));
  if (!isServed && !(isGivenUp(zone, release) && isBack(zone, shares))) {
    found.push(`${RELEASE} serves ${JSON.stringify(shares)}`);
  }
  return found;
}

function isBack({ definitions }: ZoneWorld, shares: readonly Share[]): boolean {
  const position = readNotes(definitions, RELEASE)?.['position'] as Position | undefined;
  const [only, ...others] = shares;
  return others.length === 0 && only?.percent === 100 && only.version !== position?.canary;
}

function isSame(left: readonly Share[], right: readonly Share[]): boolean {
  const key = (shares: readonly Share[]) =>
    shares
      .map(({ version, percent }) => `${version} ${percent}`)
      .sort()
      .join();
  return key(left) === key(right);
}

function listShares({ spec }: NormalForm): readonly Share[] {
  return spec['versions'] as unknown as readonly Share[];
}

function readNotes(definitions: ZoneWorld['definitions'], key: RefKey): JsonObject | null {
  const form = definitions.definitions.get(key)?.form ?? null;
  return (form?.spec['notes'] as JsonObject | undefined) ?? null;
}
