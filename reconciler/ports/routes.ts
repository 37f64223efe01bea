import type { Fence } from '../core/contracts/fence.ts';
import type { RouteAcknowledgement } from '../core/contracts/generated/route-acknowledgement.generated.ts';
import type {
  BatchingSettings,
  RouteTable,
  VersionShare,
} from '../core/contracts/generated/route-table.generated.ts';

export type EndpointSettings = {
  readonly model: string;
  readonly threshold: number;
  readonly batching: BatchingSettings;
};

/**
 * What a zone's data-plane nodes serve, in the zone's store. Writes with an epoch below the
 * highest seen throw P403. A write that changes nothing keeps the revision.
 */
export interface Routes {
  raiseFence(fence: Fence): Promise<void>;
  /**
   * Null takes the endpoint away. A new one gets its own assignment key, which stays until then.
   * Throws P807 when nodes could not read it, and changes nothing; so does `putVersions`, also for
   * shares that do not sum to 100.
   */
  putEndpoint(fence: Fence, endpoint: string, settings: EndpointSettings | null): Promise<void>;
  /**
   * Null: a release is awaited. For an endpoint that is not there it is kept for when it comes.
   * Resolves to the revision of the table from which on it is so.
   */
  putVersions(
    fence: Fence,
    endpoint: string,
    versions: readonly VersionShare[] | null,
  ): Promise<number>;
  read(): Promise<RouteTable>;
  /**
   * Makes the revision of the table one above this, unless it is already: nodes have seen that
   * revision, of a store that was lost since, and take only what is above it.
   */
  skipBeyond(revision: number): Promise<void>;
  /** The last word of each node; an older boot or a lower revision of the same boot is ignored. */
  acknowledge(acknowledgement: RouteAcknowledgement): Promise<void>;
  listAcknowledgements(): Promise<readonly RouteAcknowledgement[]>;
}
