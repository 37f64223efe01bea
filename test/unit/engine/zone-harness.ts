import { createMemoryAnchor } from '../../../reconciler/adapters/anchor/memory/anchor.ts';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryDefinitions } from '../../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../../reconciler/adapters/definitions/memory/tables.ts';
import {
  createMemoryExecutor,
  createMemoryExecutorWorld,
} from '../../../reconciler/adapters/executor/memory/executor.ts';
import { createMemoryGit } from '../../../reconciler/adapters/git/memory/git.ts';
import { createMemoryLedgerSigner } from '../../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts';
import { createMemorySignatureVerifier } from '../../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { createMemoryLog } from '../../../reconciler/adapters/log/memory/log.ts';
import { createInlinePolicyEvaluator } from '../../../reconciler/adapters/policy-evaluator/inline/policy-evaluator.ts';
import { createMemoryPolicyLibrary } from '../../../reconciler/adapters/policy-library/memory/policy-library.ts';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createMemoryTables } from '../../../reconciler/adapters/store/memory/tables.ts';
import { createMemoryZoneStore } from '../../../reconciler/adapters/store/memory/zone-store.ts';
import { MAIN_BRANCH } from '../../../reconciler/core/contracts/git.ts';
import { referencesOf } from '../../../reconciler/core/graph/references.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createPolicyGate } from '../../../reconciler/engine/create-policy-gate.ts';
import { EFFECT_STEPS } from '../../../reconciler/engine/effect-runner.ts';
import { createRevisionReader } from '../../../reconciler/engine/revision-reader.ts';
import type { ZoneDeps } from '../../../reconciler/engine/zone-deps.ts';
import { createZoneReconciler } from '../../../reconciler/engine/zone-reconciler.ts';
import { DEFAULT_SETTINGS } from '../../../reconciler/engine/zone-settings.ts';
import { createDefinitionHandlers } from '../../../reconciler/kinds/definition/definition-handlers.ts';
import { createTargetHandler } from '../../../reconciler/kinds/target/target-handler.ts';

const START = 1_800_000_000_000;
/** Rounds of everything that is ready to run; a few dozen settle any of these small worlds. */
const MAX_ROUNDS = 5_000;

/** A world in memory that outlives reconcilers, and the means to run one on it until it rests. */
export function createZoneHarness() {
  const clock = createSimulatedClock({ startAt: START });
  const git = createMemoryGit();
  const tables = createMemoryTables();
  const definitionTables = createMemoryDefinitionTables();
  const executorWorld = createMemoryExecutorWorld();
  const signer = createMemoryLedgerSigner({ seed: 'plumbline' });
  const anchor = createMemoryAnchor();
  const log = createMemoryLog({ clock });
  let holders = 0;

  const commit = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const entries = Object.entries(files).map(([path, text]) => ({ path, content: text }));
    return git.push({ branch: MAIN_BRANCH, files: entries, message: 'change' });
  };

  const open = (change: Partial<ZoneDeps> = {}) => {
    holders += 1;
    const definitions = createMemoryDefinitions({ tables: definitionTables });
    const executor = createMemoryExecutor({ zone: 'ae', world: executorWorld, clock });
    const handlers = [
      createTargetHandler({ executor }),
      ...createDefinitionHandlers({ definitions }),
    ];
    const deps: ZoneDeps = {
      zone: 'ae',
      holder: `holder-${holders}`,
      isHolderDead: async () => true,
      settings: DEFAULT_SETTINGS,
      clock,
      randomness: createSeededRandomness(holders),
      log,
      git,
      genesis: null,
      forge: null,
      signer,
      createVerifier: (allowedSigners) => createMemorySignatureVerifier({ allowedSigners }),
      anchor,
      store: createMemoryZoneStore({ tables, clock }),
      kinds: new Map(handlers.map((handler) => [handler.kind, handler])),
      effectSteps: EFFECT_STEPS,
      revisions: createRevisionReader(),
      policy: createPolicyGate({
        library: createMemoryPolicyLibrary({ safety: [] }),
        evaluator: createInlinePolicyEvaluator(),
      }),
      referencesOf,
      ...change,
    };
    return startReconciler(deps);
  };

  /** The database is lost; the repository and what is outside of both are not. */
  const loseStore = () => {
    Object.assign(tables, createMemoryTables());
    Object.assign(definitionTables, createMemoryDefinitionTables());
  };

  return { clock, git, commit, open, executorWorld, log, anchor, loseStore };
}

function startReconciler(deps: ZoneDeps) {
  const reconciler = createZoneReconciler(deps);
  const stop = new AbortController();
  const done = reconciler.run(stop.signal);
  return {
    status: reconciler.status,
    hint: reconciler.hint,
    /** Lets everything that is ready run, without moving time, until the check holds. */
    until: async (check: (status: ZoneStatus) => boolean): Promise<ZoneStatus> => {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        if (check(reconciler.status())) return reconciler.status();
        await Promise.resolve();
      }
      throw new Error(`it does not come to that:\n${JSON.stringify(reconciler.status(), null, 1)}`);
    },
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

export const SMALL_REPO: Readonly<Record<string, string>> = {
  'platform.yaml': toDocument('Platform', 'bank', '{}'),
  'zones/ae.yaml': toDocument('Zone', 'ae', '{ jurisdiction: AE }'),
  'targets/laptop.yaml': toTarget('laptop', 2),
};

export function toTarget(name: string, slots: number): string {
  const pools = `[{ name: cpu, device: cpu, slots: ${slots} }]`;
  const spec = `{ zone: ae, executor: process, pools: ${pools}, deletionPolicy: Delete }`;
  return toDocument('Target', name, spec);
}

export function toDocument(kind: string, name: string, spec: string): string {
  return [
    'apiVersion: plumbline.dev/v1alpha1',
    `kind: ${kind}`,
    `metadata: { name: ${name} }`,
    `spec: ${spec}`,
    '',
  ].join('\n');
}
