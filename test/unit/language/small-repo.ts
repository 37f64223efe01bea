import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { RevisionJudgement } from '../../../reconciler/core/spec/judge-revision.ts';
import { loadRevision } from '../../../reconciler/core/spec/load-revision.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A document of ours; `spec` is the YAML below it, or a flow map. */
export function toDocument(kind: string, name: string, spec: string): string {
  const body = spec.startsWith('{') ? ` ${spec}` : `\n${spec}`;
  return `apiVersion: plumbline.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:${body}\n`;
}

export function toTarget(name: string, zone: string): string {
  const pools = '[{name: cpu, device: cpu, slots: 1}]';
  return toDocument('Target', name, `{zone: ${zone}, executor: process, pools: ${pools}}`);
}

export function toEnvironment(name: string, zone: string, targets: string, from = ''): string {
  const promotes = from === '' ? '' : `, promotesFrom: ${from}`;
  return toDocument('Environment', name, `{zone: ${zone}, targets: ${targets}${promotes}}`);
}

export const PLATFORM = toDocument('Platform', 'bank', '{}');
export const ZONE_AE = toDocument('Zone', 'ae', '{jurisdiction: AE}');
const ZONE_EU = toDocument('Zone', 'eu', '{jurisdiction: EU}');

/** A repo without a mistake, one resource a file: two zones, two targets, two environments. */
const SMALL_REPO: Files = {
  'platform.yaml': PLATFORM,
  'zones/ae.yaml': ZONE_AE,
  'zones/eu.yaml': ZONE_EU,
  'targets/laptop.yaml': toTarget('laptop', 'ae'),
  'targets/frankfurt.yaml': toTarget('frankfurt', 'eu'),
  'environments/dev.yaml': toEnvironment('dev', 'ae', '[laptop]'),
  'environments/prod.yaml': toEnvironment('prod', 'ae', '[laptop]', 'dev'),
  'namespaces/payments.yaml': toDocument('Namespace', 'payments', '{owners: [payments-ml]}'),
};

/** Everything in it, as `toTitles` gives it: what is held back when the whole repo is. */
export const SMALL_REPO_TITLES = [
  'Environment/dev',
  'Environment/prod',
  'Namespace/payments',
  'Platform/bank',
  'Target/frankfurt',
  'Target/laptop',
  'Zone/ae',
  'Zone/eu',
] as const;

export function judge(files: Files): RevisionJudgement {
  return loadRevision(
    Object.entries(files).map(([path, content]) => ({
      path,
      bytes: typeof content === 'string' ? utf8ToBytes(content) : content,
    })),
  );
}

/** The small repo with some files added, replaced, or (null) removed. */
export function judgeSmallRepo(changes: Readonly<Record<string, string | Uint8Array | null>>) {
  const files = Object.entries({ ...SMALL_REPO, ...changes });
  return judge(Object.fromEntries(files.filter(([, content]) => content !== null)) as Files);
}

/** `targets/laptop.yaml:5:9 P113`: what the corpus compares. */
export function toPlaces(judgement: RevisionJudgement): readonly string[] {
  return judgement.diagnostics.map(
    ({ code, location: { path, line, column } }) => `${path}:${line}:${column} ${code}`,
  );
}

export function toTitles(resources: readonly { ref: { kind: string; name: string } }[]) {
  return resources.map(({ ref }) => `${ref.kind}/${ref.name}`);
}

/** A Zone called `x` with one more line at the end. */
export function toZoneTextOf(line: string): string {
  return `${toDocument('Zone', 'x', '{jurisdiction: AE}')}${line}\n`;
}
