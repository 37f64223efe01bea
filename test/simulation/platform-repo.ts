/** What people of the simulation can say in their platform repo; small on purpose. */
export type RepoModel = {
  readonly zones: readonly string[];
  readonly deletionCapPercent: number;
  readonly targets: readonly TargetModel[];
  readonly environments: readonly EnvironmentModel[];
  readonly namespaces: readonly NamespaceModel[];
  /** Files that somebody broke, with what stands there instead. */
  readonly broken: Readonly<Record<string, string>>;
  /** What stands beside it as it is: the files of one model's life, if there is one. */
  readonly serving: Readonly<Record<string, string>>;
  /** A remark without effect. */
  readonly remark: number;
};

export type TargetModel = {
  readonly name: string;
  readonly zone: string;
  readonly slots: readonly number[];
  readonly deletionPolicy: 'Retain' | 'Orphan' | 'Delete';
};

export type EnvironmentModel = {
  readonly name: string;
  readonly zone: string;
  readonly targets: readonly string[];
};

export type NamespaceModel = { readonly name: string; readonly owners: number };

export type RepoFiles = ReadonlyMap<string, string>;

/** The files of a model. One resource is one file, as people would have it. */
export function renderRepo(model: RepoModel): RepoFiles {
  const files = new Map<string, string>();
  files.set('platform.yaml', renderPlatform(model));
  for (const zone of model.zones) files.set(`zones/${zone}.yaml`, renderZone(zone));
  for (const target of model.targets) files.set(toTargetPath(target.name), renderTarget(target));
  for (const environment of model.environments) {
    files.set(`environments/${environment.name}.yaml`, renderEnvironment(environment));
  }
  for (const namespace of model.namespaces) {
    files.set(`namespaces/${namespace.name}.yaml`, renderNamespace(namespace));
  }
  for (const [path, text] of Object.entries(model.serving)) files.set(path, text);
  for (const [path, text] of Object.entries(model.broken)) {
    if (files.has(path)) files.set(path, text);
  }
  return files;
}

export function toTargetPath(name: string): string {
  return `targets/${name}.yaml`;
}

function renderPlatform({ deletionCapPercent, remark }: RepoModel): string {
  return renderDocument('Platform', 'main', [
    `description: remark ${remark}`,
    `deletionCapPercent: ${deletionCapPercent}`,
  ]);
}

function renderZone(name: string): string {
  return renderDocument('Zone', name, [`jurisdiction: ${name.toUpperCase()}`]);
}

function renderTarget({ name, zone, slots, deletionPolicy }: TargetModel): string {
  return renderDocument('Target', name, [
    `zone: ${zone}`,
    'executor: process',
    `deletionPolicy: ${deletionPolicy}`,
    'pools:',
    ...slots.map((count, index) => `  - { name: pool-${index}, device: cpu, slots: ${count} }`),
  ]);
}

function renderEnvironment({ name, zone, targets }: EnvironmentModel): string {
  return renderDocument('Environment', name, [`zone: ${zone}`, `targets: [${targets.join(', ')}]`]);
}

function renderNamespace({ name, owners }: NamespaceModel): string {
  const groups = Array.from({ length: owners }, (_, index) => `team-${index}`);
  return renderDocument('Namespace', name, [`owners: [${groups.join(', ')}]`]);
}

function renderDocument(kind: string, name: string, spec: readonly string[]): string {
  return [
    'apiVersion: plumbline.dev/v1alpha1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${name}`,
    'spec:',
    ...spec.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
