import type { QualityFinding } from './data-quality.ts';
import type { DriftRecord } from './drift-record.ts';
import type { DriftSpec } from './drift-spec.ts';

/** A list of all features would be one that nobody reads. */
const MAX_NAMED = 3;

const MAX_NAME_LENGTH = 64;

type Facts = Omit<DriftRecord, 'why'>;

/** One sentence for a person; figures are shortened, and nothing is decided by it. */
export function explainVerdict(
  facts: Facts,
  limits: DriftSpec['effect'],
  referenceRows: number,
): string {
  if (facts.verdict === 'insufficient-data') return explainShortage(facts, limits, referenceRows);
  const broken = toBrokenText(facts.quality);
  if (facts.verdict === 'blocked') return `the data of every feature is broken: ${broken}`;
  const said = explainKeys(facts, limits);
  return broken === '' ? said : `${said}; not judged for their broken data: ${broken}`;
}

function explainShortage(facts: Facts, limits: DriftSpec['effect'], referenceRows: number): string {
  const { rows, minimumRows } = facts;
  if (minimumRows !== null) {
    return `${rows} of ${minimumRows} rows: too few to judge, so they count with the next window`;
  }
  return `the reference has ${referenceRows} rows, too few to tell an effect of ${limits.warn} from chance: train on more`;
}

function explainKeys(facts: Facts, limits: DriftSpec['effect']): string {
  const { verdict, lnM, threshold, effect } = facts;
  const detector = `ln M is ${toShort(lnM ?? 0)} and an alarm is at ${toShort(Math.log(threshold))}`;
  if (verdict === 'ok') return `no sign of a change: ${detector}`;
  const by = effect === null || effect.by === null ? 'all features' : shorten(effect.by.name);
  const size = `the effect of ${by} is ${toShort(effect?.value ?? 0)} nats`;
  if (verdict === 'drift') return `${size}, at least ${limits.retrain}, and sure: ${detector}`;
  if (verdict === 'warn') return `${size}, at least ${limits.warn}, and sure: ${detector}`;
  return `a sure change that is too small to matter: ${size}, below ${limits.warn}; ${detector}`;
}

function toBrokenText(quality: readonly QualityFinding[]): string {
  const named = quality
    .slice(0, MAX_NAMED)
    .map(({ feature, rule, rate }) => `${shorten(feature)} (${rule} ${toShort(rate)})`);
  const more = quality.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function toShort(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function shorten(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : `${name.slice(0, MAX_NAME_LENGTH - 1)}…`;
}
