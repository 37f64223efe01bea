import type { ZoneStore } from '../../../reconciler/ports/store.ts';

export type ZoneStoreHarness = {
  /** Another handle on the same zone, as another process would have. */
  open(): Promise<ZoneStore>;
  /** Lets the lease run out now, as if its time had passed by the store's clock. */
  expireLease(): Promise<void>;
  close(): Promise<void>;
};

export type ZoneStoreSubject = { readonly name: string; create(): Promise<ZoneStoreHarness> };

export type GetHarness = () => ZoneStoreHarness;
