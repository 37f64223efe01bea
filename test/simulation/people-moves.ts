import type { Randomness } from '../../reconciler/ports/randomness.ts';
import { drawChance, drawInteger, drawOne } from './draw.ts';
import {
  type EnvironmentModel,
  type RepoModel,
  renderRepo,
  type TargetModel,
  toTargetPath,
} from './platform-repo.ts';
import { MAX_SLOTS } from './simulated-policy.ts';
import type { PeopleOptions } from './swarm.ts';

/** Few names, so that what is removed comes back under the same one. */
const TARGET_NAMES = ['anvil', 'bench', 'crane', 'drill'];
const ENVIRONMENT_NAMES = ['dev', 'stage'];
const NAMESPACE_NAMES = ['fraud', 'risk'];

type Move = (model: RepoModel, randomness: Randomness) => RepoModel;

export function drawFirstModel(
  zones: readonly string[],
  options: PeopleOptions,
  randomness: Randomness,
  serving: RepoModel['serving'],
): RepoModel {
  let model: RepoModel = {
    zones,
    deletionCapPercent: options.deletionCapPercent,
    targets: [],
    environments: [],
    namespaces: [],
    broken: {},
    serving,
    remark: 0,
  };
  for (let count = 0; count < options.targets; count += 1) model = addTarget(model, randomness);
  for (let count = 0; count < options.environments; count += 1) {
    model = addEnvironment(model, randomness);
  }
  for (let count = 0; count < options.namespaces; count += 1) {
    model = addNamespace(model, randomness);
  }
  return model;
}

/** What people do on an ordinary day, once each or as often as it happens to them. */
const ORDINARY_MOVES: readonly Move[] = [
  changeSlots,
  changeSlots,
  changeSlots,
  addTarget,
  addTarget,
  removeTarget,
  removeTarget,
  renameTarget,
  askForTooMuch,
  changeDeletionPolicy,
  addEnvironment,
  removeEnvironment,
  changeEnvironment,
  addNamespace,
  removeNamespace,
  changeOwners,
  changeCap,
  removeZone,
  remark,
];

export function drawOrdinaryMove(model: RepoModel, randomness: Randomness): RepoModel {
  return drawOne(randomness, ORDINARY_MOVES)(model, randomness);
}

export function removeMany(model: RepoModel, randomness: Randomness): RepoModel {
  const kept = model.targets.filter(() => drawChance(randomness, 0.3));
  return { ...model, targets: kept, environments: [], namespaces: [] };
}

/** Names are unique over the kinds that people change. */
export function hasResource(model: RepoModel, name: string): boolean {
  const { targets, environments, namespaces } = model;
  return [...targets, ...environments, ...namespaces].some((one) => one.name === name);
}

export function removeResource(model: RepoModel, name: string): RepoModel {
  const without = <T extends { readonly name: string }>(all: readonly T[]) =>
    all.filter((one) => one.name !== name);
  return {
    ...model,
    targets: without(model.targets),
    environments: withoutTarget(without(model.environments), name),
    namespaces: without(model.namespaces),
  };
}

const BROKEN_TEXTS: readonly ((text: string) => string)[] = [
  (text) => text.replace('spec:', 'spec: ['),
  (text) => `${text}  surprise: true\n`,
  (text) => text.replace(/name: .*/, 'name: Not A Name'),
  (text) => text.replace('kind: ', 'kind: Un'),
  (text) => text.replace(/zone: .*|jurisdiction: .*|owners: .*/, 'zone: 7'),
];

/** Somebody commits a file that is not valid; sometimes it is the one on which all rests. */
export function breakFile(model: RepoModel, randomness: Randomness): RepoModel {
  const files = [...renderRepo({ ...model, broken: {} })];
  const [path, text] = drawOne(randomness, files);
  const broken = { ...model.broken, [path]: drawOne(randomness, BROKEN_TEXTS)(text) };
  return { ...model, broken };
}

export function breakTarget(model: RepoModel, name: string, randomness: Randomness): RepoModel {
  const path = toTargetPath(name);
  const text = renderRepo({ ...model, broken: {} }).get(path) ?? '';
  return { ...model, broken: { ...model.broken, [path]: drawOne(randomness, BROKEN_TEXTS)(text) } };
}

export function fixAll(model: RepoModel): RepoModel {
  return { ...model, broken: {} };
}

function changeSlots(model: RepoModel, randomness: Randomness): RepoModel {
  if (model.targets.length === 0) return addTarget(model, randomness);
  const { name } = drawOne(randomness, model.targets);
  return changeTarget(model, name, { slots: drawSlots(randomness) });
}

/** What policy refuses stays as it is, until somebody asks for less. */
function askForTooMuch(model: RepoModel, randomness: Randomness): RepoModel {
  if (model.targets.length === 0) return model;
  const { name } = drawOne(randomness, model.targets);
  return changeTarget(model, name, { slots: [MAX_SLOTS + 1] });
}

/** Nothing in it is more than policy allows. */
export function askForLess(model: RepoModel): RepoModel {
  const targets = model.targets.map((target) => ({
    ...target,
    slots: target.slots.map((count) => Math.min(count, MAX_SLOTS)),
  }));
  return { ...model, targets };
}

export function changeTarget(
  model: RepoModel,
  name: string,
  change: Partial<TargetModel>,
): RepoModel {
  const targets = model.targets.map((target) =>
    target.name === name ? { ...target, ...change } : target,
  );
  return { ...model, targets };
}

export function remark(model: RepoModel): RepoModel {
  return { ...model, remark: model.remark + 1 };
}

function drawSlots(randomness: Randomness): readonly number[] {
  return Array.from({ length: drawInteger(randomness, 1, 2) }, () => drawInteger(randomness, 0, 3));
}

function addTarget(model: RepoModel, randomness: Randomness): RepoModel {
  const free = TARGET_NAMES.filter((name) => !model.targets.some((one) => one.name === name));
  if (free.length === 0) return model;
  const target: TargetModel = {
    name: drawOne(randomness, free),
    zone: drawOne(randomness, model.zones),
    slots: drawSlots(randomness),
    deletionPolicy: drawOne(randomness, ['Retain', 'Orphan', 'Delete']),
  };
  return { ...model, targets: [...model.targets, target] };
}

/** Mostly people also remove what refers to it; now and then they forget. */
function removeTarget(model: RepoModel, randomness: Randomness): RepoModel {
  if (model.targets.length === 0) return model;
  const { name } = drawOne(randomness, model.targets);
  const targets = model.targets.filter((target) => target.name !== name);
  if (drawChance(randomness, 0.15)) return { ...model, targets };
  return { ...model, targets, environments: withoutTarget(model.environments, name) };
}

function withoutTarget(
  environments: readonly EnvironmentModel[],
  name: string,
): readonly EnvironmentModel[] {
  return environments
    .map((one) => ({ ...one, targets: one.targets.filter((target) => target !== name) }))
    .filter((one) => one.targets.length > 0);
}

function renameTarget(model: RepoModel, randomness: Randomness): RepoModel {
  const free = TARGET_NAMES.filter((name) => !model.targets.some((one) => one.name === name));
  if (free.length === 0 || model.targets.length === 0) return model;
  const before = drawOne(randomness, model.targets).name;
  const after = drawOne(randomness, free);
  const environments = model.environments.map((one) => ({
    ...one,
    targets: one.targets.map((name) => (name === before ? after : name)),
  }));
  return { ...changeTarget(model, before, { name: after }), environments };
}

function changeDeletionPolicy(model: RepoModel, randomness: Randomness): RepoModel {
  if (model.targets.length === 0) return model;
  const { name } = drawOne(randomness, model.targets);
  const deletionPolicy = drawOne(randomness, ['Retain', 'Orphan', 'Delete'] as const);
  return changeTarget(model, name, { deletionPolicy });
}

function addEnvironment(model: RepoModel, randomness: Randomness): RepoModel {
  const taken = new Set(model.environments.map((one) => one.name));
  const free = ENVIRONMENT_NAMES.filter((name) => !taken.has(name));
  const zone = drawOne(randomness, model.zones);
  const near = model.targets.filter((target) => target.zone === zone);
  if (free.length === 0 || near.length === 0) return model;
  const name = drawOne(randomness, free);
  const environment = { name, zone, targets: [drawOne(randomness, near).name] };
  return { ...model, environments: [...model.environments, environment] };
}

function removeEnvironment(model: RepoModel): RepoModel {
  return { ...model, environments: model.environments.slice(1) };
}

function changeEnvironment(model: RepoModel, randomness: Randomness): RepoModel {
  const [first, ...others] = model.environments;
  if (first === undefined) return addEnvironment(model, randomness);
  const near = model.targets.filter((target) => target.zone === first.zone);
  const targets = near.filter(() => drawChance(randomness, 0.6)).map((target) => target.name);
  if (targets.length === 0) return model;
  return { ...model, environments: [...others, { ...first, targets }] };
}

function addNamespace(model: RepoModel, randomness: Randomness): RepoModel {
  const taken = new Set(model.namespaces.map((one) => one.name));
  const free = NAMESPACE_NAMES.filter((name) => !taken.has(name));
  if (free.length === 0) return model;
  const namespace = { name: drawOne(randomness, free), owners: drawInteger(randomness, 1, 3) };
  return { ...model, namespaces: [...model.namespaces, namespace] };
}

function removeNamespace(model: RepoModel): RepoModel {
  return { ...model, namespaces: model.namespaces.slice(1) };
}

function changeOwners(model: RepoModel, randomness: Randomness): RepoModel {
  const [first, ...others] = model.namespaces;
  if (first === undefined) return addNamespace(model, randomness);
  const owners = drawInteger(randomness, 1, 3);
  return { ...model, namespaces: [...others, { ...first, owners }] };
}

/** The first zone stays; what stands in the other dangles until somebody puts it back. */
function removeZone(model: RepoModel): RepoModel {
  return { ...model, zones: model.zones.slice(0, 1) };
}

function changeCap(model: RepoModel, randomness: Randomness): RepoModel {
  return { ...model, deletionCapPercent: drawOne(randomness, [0, 20, 50, 100]) };
}
