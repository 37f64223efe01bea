import { toShortDigest } from '../../core/contracts/digest.ts';
import type { FeatureContract } from '../../core/contracts/generated/model-manifest.generated.ts';
import type { RouteAcknowledgement } from '../../core/contracts/generated/route-acknowledgement.generated.ts';
import type { RouteTable } from '../../core/contracts/generated/route-table.generated.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Routes } from '../../ports/routes.ts';

/** A version in the route table that looks features up by a definition of a view. */
export type ViewUse = {
  readonly endpoint: string;
  readonly version: string;
  readonly definitionDigest: string;
};

export type ViewUses = {
  readonly uses: readonly ViewUse[];
  /** Why some node may still answer with versions of before; empty when none may. */
  readonly behind: string;
};

export type ServedPorts = { readonly routes: Routes; readonly artifacts: ArtifactStore };

export type FindViewUses = (view: string) => Promise<ViewUses>;

/**
 * A version keeps its contract for life, so the contract says by which definition it looks up, and
 * is read once: reading it from the store takes a digest of the whole model.
 */
export function createFindViewUses({ routes, artifacts }: ServedPorts): FindViewUses {
  const known = new Map<string, readonly UsedView[]>();
  const readViews = async (version: string): Promise<readonly UsedView[]> => {
    const there = known.get(version);
    if (there !== undefined) return there;
    const stored = await artifacts.find(version);
    // It cannot be loaded by anybody; it may be published again.
    if (stored === null) return [];
    if (known.size >= MAX_KNOWN_VERSIONS) known.clear();
    known.set(version, stored.manifest.contract.views);
    return stored.manifest.contract.views;
  };
  return async (view) => {
    const table = await routes.read();
    const uses: ViewUse[] = [];
    for (const { endpoint, versions } of table.endpoints) {
      for (const { version } of versions) {
        for (const used of await readViews(version)) {
          if (used.view !== view) continue;
          uses.push({ endpoint, version, definitionDigest: used.definitionDigest });
        }
      }
    }
    return { uses, behind: describeBehind(table, await routes.listAcknowledgements()) };
  };
}

const MAX_KNOWN_VERSIONS = 1_024;

type UsedView = FeatureContract['views'][number];

export function describeUse({ endpoint, version }: ViewUse): string {
  return `the version ${toShortDigest(version)}, which ${endpoint} serves`;
}

/**
 * A node that has not loaded what the table names goes on with what it served before, so what only
 * that needs may not go yet. Without any version in the table nothing of before is answered with.
 */
function describeBehind(table: RouteTable, said: readonly RouteAcknowledgement[]): string {
  if (table.endpoints.every(({ versions }) => versions.length === 0)) return '';
  const late = said.find(({ revision, failed }) => revision < table.revision || failed.length > 0);
  if (late === undefined) return '';
  return `the node ${late.node} has not loaded all versions of the routes in force, and may still answer with one of before`;
}
