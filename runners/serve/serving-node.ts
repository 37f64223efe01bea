import type { CounterEntry } from '../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import type { ModelManifest } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { RouteTable } from '../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { ArtifactStore } from '../../reconciler/ports/artifact-store.ts';
import type { Clock, Stopwatch } from '../../reconciler/ports/clock.ts';
import type { Log } from '../../reconciler/ports/log.ts';
import type { OnlineFeatureReader } from '../../reconciler/ports/online-features.ts';
import type { Randomness } from '../../reconciler/ports/randomness.ts';
import { createCounterCollector } from './counters.ts';
import { createFeatureResolver, type FeatureResolver } from './features/feature-resolver.ts';
import { requireKnownFeatures } from './features/require-known-features.ts';
import { shareReads } from './features/shared-reads.ts';
import { answerRequest } from './http/answer-request.ts';
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from './http/limits.ts';
import { createNodeServer } from './http/node-server.ts';
import { createBodyReader } from './http/read-body.ts';
import { type OpenModelDeps, openModel } from './models/open-model.ts';
import { createLoadedVersions } from './routes/loaded-versions.ts';
import { type AppliedRoutes, createRouteState } from './routes/route-state.ts';
import { createTurns } from './turn.ts';

export type ServingNodeDeps = {
  readonly artifacts: Pick<ArtifactStore, 'find'>;
  readonly onlineFeatures: OnlineFeatureReader;
  readonly models: Omit<OpenModelDeps, 'clock' | 'log'>;
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  readonly randomness: Randomness;
  readonly log: Log;
  readonly host: string;
  readonly port: number;
  readonly build: string;
  readonly limits?: Partial<HttpLimits>;
};

export type ServingNode = {
  /** Begins to answer; without routes it is alive and not ready. */
  readonly start: () => Promise<{ readonly port: number }>;
  readonly apply: (table: RouteTable) => Promise<AppliedRoutes>;
  /** What was counted since the last call. */
  readonly takeDelta: () => readonly CounterEntry[];
  /** Not ready from now on: whoever watches sends no more. */
  readonly retire: () => void;
  /** Finishes the answers in progress, within bounds, and closes every connection. */
  readonly stop: () => Promise<void>;
  /** After that: lets go of the models, once what is being loaded has been. */
  readonly close: () => Promise<void>;
};

/** A data-plane node but for the two that talk to the control plane. */
export function createServingNode(deps: ServingNodeDeps): ServingNode {
  const { clock, log, randomness, stopwatch, build, artifacts } = deps;
  const limits = { ...DEFAULT_HTTP_LIMITS, ...deps.limits };
  const counters = createCounterCollector();
  const turns = createTurns();
  const onlineFeatures = shareReads(deps.onlineFeatures, turns.next);
  const versions = createLoadedVersions({
    artifacts,
    openModel: (file) => openModel({ ...deps.models, clock, log }, file),
    requireFeatures: (contract) => requireKnownFeatures({ onlineFeatures, clock }, contract),
  });
  const routes = createRouteState({ versions, counters, turn: turns.next, clock, log });
  const resolvers = new WeakMap<ModelManifest, FeatureResolver>();
  let isStopping = false;

  const answering = {
    routes,
    randomness,
    stopwatch,
    build,
    isStopping: () => isStopping,
    body: createBodyReader(limits),
    resolverOf({ manifest }: { readonly manifest: ModelManifest }) {
      const there = resolvers.get(manifest);
      if (there !== undefined) return there;
      const fresh = createFeatureResolver({ onlineFeatures, clock }, manifest.contract);
      resolvers.set(manifest, fresh);
      return fresh;
    },
  };
  const server = createNodeServer({
    answer: (request, isGone) => answerRequest(answering, request, isGone),
    host: deps.host,
    port: deps.port,
    clock,
    log,
    limits,
  });

  return {
    start: server.start,
    apply: routes.apply,
    takeDelta: counters.takeDelta,
    retire() {
      isStopping = true;
    },
    stop() {
      isStopping = true;
      return server.stop();
    },
    async close() {
      await routes.close();
      turns.close();
    },
  };
}
