import { MAIN_BRANCH, type Oid } from '../core/contracts/git.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { Planner } from '../core/plan/planner.ts';
import type { ZoneStatus } from '../core/status/zone-status.ts';
import type { OpenPolicyGate } from '../engine/policy-gate.ts';
import type { Clock } from '../ports/clock.ts';
import type { DatabaseServer } from '../ports/database-server.ts';
import type { GitReader } from '../ports/git.ts';
import type { InstanceFile } from '../ports/instance-file.ts';
import type { ProcessRegistry } from '../ports/process-registry.ts';
import type { Command } from './command.ts';
import { createAuditLogCommand } from './commands/audit-log.ts';
import { type AuditVerifyCommandDeps, createAuditVerifyCommand } from './commands/audit-verify.ts';
import { createDownCommand } from './commands/down.ts';
import { createExplainCommand } from './commands/explain.ts';
import { createFeaturesGetCommand, type FeaturesGetCommandDeps } from './commands/features-get.ts';
import { createGraphCommand } from './commands/graph.ts';
import { createInitCommand } from './commands/init.ts';
import { createModelListCommand } from './commands/model-list.ts';
import { createModelShowCommand } from './commands/model-show.ts';
import { createPlanCommand } from './commands/plan.ts';
import { createPrApproveCommand } from './commands/pr-approve.ts';
import { createPrCloseCommand } from './commands/pr-close.ts';
import { createPrCreateCommand, type PrCreateCommandDeps } from './commands/pr-create.ts';
import { createPrDiffCommand } from './commands/pr-diff.ts';
import { createPrListCommand } from './commands/pr-list.ts';
import { createPrMergeCommand } from './commands/pr-merge.ts';
import { createPrShowCommand } from './commands/pr-show.ts';
import { createPredictCommand, type PredictCommandDeps } from './commands/predict.ts';
import { createRenderCommand } from './commands/render.ts';
import { createResetCommand } from './commands/reset.ts';
import { createStatusCommand } from './commands/status.ts';
import { createUpCommand, type UpCommandDeps } from './commands/up.ts';
import { createValidateCommand } from './commands/validate.ts';
import { readLedgerEntries, readLiveForms } from './ledger-reading.ts';
import type { ListNames } from './not-found.ts';
import { listDeclaredNames, listDeclaredZones, type SourceReading } from './read-source.ts';
import type { SourceChoice } from './revision-source.ts';
import type { StatePaths } from './state-paths.ts';
import type { ListVersions } from './versions.ts';

/** What commands share, opened by the composition root when one of them needs it. */
export type CommandPorts = {
  readonly clock: Clock;
  readonly exampleFolder: string;
  readonly planners: Readonly<Record<string, Planner>>;
  readonly referencesOf: (form: NormalForm) => readonly Ref[];
  readonly openInstanceFile: (paths: StatePaths) => Promise<InstanceFile>;
  readonly openRegistry: (paths: StatePaths) => Promise<ProcessRegistry>;
  readonly openDatabaseServer: (paths: StatePaths) => Promise<DatabaseServer>;
  readonly openPolicyGate: () => Promise<OpenPolicyGate>;
  /** Works on the installation's repository, and closes it afterwards. */
  readonly withGit: <Result>(
    paths: StatePaths,
    work: (git: GitReader) => Promise<Result>,
  ) => Promise<Result>;
  readonly initialise: (paths: StatePaths, fromFolder: string) => Promise<Oid>;
  /** Returns the names of what stays, because Plumbline did not make it. */
  readonly removeState: (paths: StatePaths) => Promise<readonly string[]>;
  readonly readSource: (source: SourceChoice) => Promise<SourceReading>;
  readonly readRunningStatus: (port: number) => Promise<readonly ZoneStatus[] | null>;
  readonly start: UpCommandDeps['start'];
  readonly verify: AuditVerifyCommandDeps['verify'];
  /** Stops what outlives the reconciler: data-plane nodes and runs. Returns what it stopped. */
  readonly stopDetached: (paths: StatePaths) => Promise<readonly string[]>;
  readonly listVersions: ListVersions;
  readonly listNodes: PredictCommandDeps['listNodes'];
  readonly predict: PredictCommandDeps['predict'];
  readonly readOnline: FeaturesGetCommandDeps['readOnline'];
  readonly withForge: PrCreateCommandDeps['withForge'];
  readonly readBodyFile: PrCreateCommandDeps['readBodyFile'];
};

/** The name under which a running reconciler is found again. */
export const RECONCILER = 'reconciler';

/** A reconciler finishes its effects and its ledger in this time, or is ended. */
const STOP_GRACE_MS = 30_000;

export function createCommands(ports: CommandPorts): readonly Command[] {
  const { clock, exampleFolder, planners, referencesOf, openPolicyGate } = ports;
  const { initialise, readSource, withGit, start, verify } = ports;
  const { stopDetached, listVersions, listNodes, predict, readOnline } = ports;
  const isInitialised = async (paths: StatePaths) =>
    (await (await ports.openInstanceFile(paths)).read()) !== null;
  const findReconciler = async (paths: StatePaths) =>
    (await ports.openRegistry(paths)).find(RECONCILER);
  const stopReconciler = async (paths: StatePaths) =>
    (await ports.openRegistry(paths)).stop(RECONCILER, STOP_GRACE_MS);
  const readLive = async (paths: StatePaths, zone: string) =>
    (await isInitialised(paths)) ? withGit(paths, (git) => readLiveForms(git, zone)) : null;
  const listNames: ListNames = async (paths, kind) =>
    (await isInitialised(paths)) ? withGit(paths, (git) => listDeclaredNames(git, kind)) : [];
  const readStatus = async (paths: StatePaths) => {
    const port = (await findReconciler(paths))?.details['port'];
    return typeof port === 'number' ? ports.readRunningStatus(port) : null;
  };

  return [
    createInitCommand({ exampleFolder, isInitialised, initialise }),
    createValidateCommand({ readSource }),
    createRenderCommand({ readSource }),
    createExplainCommand({ readSource }),
    createGraphCommand({ readSource }),
    createPlanCommand({ clock, planners, referencesOf, readSource, openPolicyGate, readLive }),
    createUpCommand({
      clock,
      exampleFolder,
      isInitialised,
      initialise,
      findRunning: async (paths) => (await findReconciler(paths))?.pid ?? null,
      start,
    }),
    createDownCommand({
      stopReconciler,
      stopDetached,
      stopDatabase: async (paths) => (await ports.openDatabaseServer(paths)).stop(),
    }),
    createResetCommand({
      isInitialised,
      stopReconciler,
      stopDetached,
      destroyDatabase: async (paths) => (await ports.openDatabaseServer(paths)).destroy(),
      removeState: ports.removeState,
    }),
    createStatusCommand({
      clock,
      readStatus,
      readTip: (paths) => withGit(paths, (git) => git.readRef(MAIN_BRANCH)),
    }),
    createAuditLogCommand({
      listZones: (paths) => withGit(paths, listDeclaredZones),
      readLedger: (paths, zone, maxCount) =>
        withGit(paths, (git) => readLedgerEntries(git, zone, maxCount)),
    }),
    createAuditVerifyCommand({ verify }),
    createModelListCommand({ listVersions, listNames }),
    createModelShowCommand({ listVersions, listNames }),
    createFeaturesGetCommand({ readOnline, listNames }),
    createPredictCommand({ listNodes, predict, listNames }),
    ...createPullCommands(ports),
  ];
}

function createPullCommands({ withForge, readBodyFile }: CommandPorts): readonly Command[] {
  return [
    createPrCreateCommand({ withForge, readBodyFile }),
    createPrListCommand({ withForge }),
    createPrShowCommand({ withForge }),
    createPrDiffCommand({ withForge }),
    createPrApproveCommand({ withForge }),
    createPrMergeCommand({ withForge }),
    createPrCloseCommand({ withForge }),
  ];
}
