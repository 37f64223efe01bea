import { type Ref, toRefKey, toRefTitle } from '../contracts/ref.ts';
import type { Effect } from '../plan/effect.ts';
import type { PlanView } from '../plan/render-plan-text.ts';
import { type Diagnostic, isError } from '../spec/diagnostic.ts';
import type { RevisionJudgement } from '../spec/judge-revision.ts';
import { toPrintable } from '../spec/printable.ts';
import type { CheckState } from './pull-event.ts';

/** What merging would come to, beside what main comes to without it. */
export type PullOutlook = {
  readonly main: RevisionJudgement;
  readonly merged: RevisionJudgement;
  readonly zones: readonly ZoneOutlook[];
};

export type ZoneOutlook = {
  readonly zone: string;
  /** Null for a zone that main does not declare, or while main is frozen. */
  readonly main: PlanView | null;
  readonly merged: PlanView;
};

export type PullCheckWords = {
  readonly name: 'plumbline/validate' | 'plumbline/plan';
  readonly state: CheckState;
  readonly summary: string;
};

export type PullWords = {
  readonly checks: readonly PullCheckWords[];
  readonly comment: string;
};

const MAX_LINES = 40;
const MAX_LINE_LENGTH = 240;
const MAX_COMMENT_LENGTH = 12_000;

/** The two checks of a pull request, and the comment that says them in sentences. */
export function describeOutlook(outlook: PullOutlook): PullWords {
  const mistakes = listNew(outlook);
  const validate = describeValidity(outlook, mistakes);
  const zones = outlook.zones.map(toChange);
  const plan = describePlan(outlook, zones, mistakes.some(isError));
  const comment = [
    ...(mistakes.length === 0 ? [] : ['What is wrong:', ...cut(mistakes.map(toMistake)), '']),
    ...(outlook.merged.frozen ? [FROZEN] : zones.flatMap(describeZone)),
  ];
  return { checks: [validate, plan], comment: shortenComment(comment) };
}

/** A comment has a limit of its own, whatever the number of zones. */
function shortenComment(lines: readonly string[]): string {
  const text = lines.join('\n').trimEnd();
  if (text.length <= MAX_COMMENT_LENGTH) return text;
  const whole = text.slice(0, MAX_COMMENT_LENGTH).split('\n').slice(0, -1).join('\n');
  return `${whole}\n- and more; plumb plan --head says all`;
}

/** For what cannot be judged at all: both checks say so, and why. */
export function describeUnjudged(why: string): PullWords {
  const summary = toPrintable(why, MAX_LINE_LENGTH);
  return {
    checks: [
      { name: 'plumbline/validate', state: 'failure', summary },
      { name: 'plumbline/plan', state: 'failure', summary },
    ],
    comment: `This cannot be judged: ${summary}`,
  };
}

const FROZEN =
  'A mistake in a Platform, a Zone or a Policy stops everything: nothing of this would come into force.';

/**
 * A mistake that main has already is not this change's, wherever the lines have moved. Errors come
 * first; what only waits for them to be mended is said by the plan.
 */
function listNew({ main, merged }: PullOutlook): readonly Diagnostic[] {
  const known = new Set(main.diagnostics.map(toIdentity));
  const fresh = merged.diagnostics.filter(
    (one) => one.heldBack === undefined && !known.has(toIdentity(one)),
  );
  return [...fresh.filter(isError), ...fresh.filter((one) => !isError(one))];
}

function toIdentity({ code, message, location }: Diagnostic): string {
  return [code, location.path, message].join('\n');
}

function describeValidity(
  { merged }: PullOutlook,
  mistakes: readonly Diagnostic[],
): PullCheckWords {
  const errors = mistakes.filter(isError).length;
  const warnings = mistakes.length - errors;
  const old = merged.diagnostics.filter(isError).length - errors;
  const parts = [`${merged.valid.length} resources valid`, toCount(errors, 'new error')];
  if (warnings > 0) parts.push(toCount(warnings, 'new warning'));
  if (old > 0) parts.push(`${toCount(old, 'error')} that main has already`);
  const state = errors > 0 || merged.frozen ? 'failure' : 'success';
  return { name: 'plumbline/validate', state, summary: parts.join(', ') };
}

type ZoneChange = {
  readonly zone: string;
  readonly effects: readonly Effect[];
  /** Why an effect is refused, by resource. */
  readonly refusals: ReadonlyMap<string, string>;
  readonly held: PlanView['held'];
  readonly warnings: readonly string[];
};

/** What main would do anyway is not told: only what merging adds. */
function toChange({ zone, main, merged }: ZoneOutlook): ZoneChange {
  const known = new Set((main?.plan.effects ?? []).map(toEffectIdentity));
  const heldBefore = new Set((main?.held ?? []).map(({ ref }) => toRefKey(ref)));
  const warnedBefore = new Set(main?.warnings ?? []);
  const effects = merged.plan.effects.filter((effect) => !known.has(toEffectIdentity(effect)));
  const mine = new Set(effects.map(({ ref }) => toRefKey(ref)));
  return {
    zone,
    effects,
    refusals: new Map(
      merged.admission.refusals
        .filter(({ ref }) => mine.has(toRefKey(ref)))
        .map(({ ref, code, message }) => [toRefKey(ref), `${code} ${message}`]),
    ),
    held: merged.held.filter(({ ref }) => !heldBefore.has(toRefKey(ref))),
    warnings: merged.warnings.filter((warning) => !warnedBefore.has(warning)),
  };
}

function toEffectIdentity({ ref, action, targetDigest }: Effect): string {
  return [toRefKey(ref), action, targetDigest].join(' ');
}

function describePlan(
  { merged }: PullOutlook,
  zones: readonly ZoneChange[],
  isWrong: boolean,
): PullCheckWords {
  const name = 'plumbline/plan';
  if (merged.frozen) return { name, state: 'failure', summary: FROZEN };
  const effects = zones.reduce((sum, zone) => sum + zone.effects.length, 0);
  const refused = zones.reduce((sum, zone) => sum + zone.refusals.size, 0);
  const held = zones.reduce((sum, zone) => sum + zone.held.length, 0);
  const parts = [effects === 0 ? 'changes nothing that is live' : toCount(effects, 'effect')];
  if (refused > 0) parts.push(`${refused} refused`);
  if (held > 0) parts.push(`${held} held back`);
  if (isWrong) parts.push('what is wrong is left out');
  const state = refused > 0 || held > 0 || isWrong ? 'failure' : 'success';
  return { name, state, summary: parts.join(', ') };
}

function describeZone({ zone, effects, refusals, held, warnings }: ZoneChange): readonly string[] {
  if (effects.length + held.length === 0) return [`Nothing changes in the zone ${zone}.`];
  const done = effects.filter(({ ref }) => !refusals.has(toRefKey(ref)));
  return [
    `Merging this, in the zone ${zone}:`,
    ...cut([
      ...done.map((effect) => `- ${toRefTitle(effect.ref)}: ${effect.reason}`),
      ...[...refusals].map(([key, why]) => `- refused, ${toTitle(effects, key)}: ${why}`),
      ...held.map(({ ref, why, isLive }) => `- ${describeHeld(ref, isLive)}: ${why}`),
      ...warnings.map((warning) => `- take note: ${warning}`),
    ]),
    '',
  ];
}

function toTitle(effects: readonly Effect[], key: string): string {
  const found = effects.find(({ ref }) => toRefKey(ref) === key);
  return found === undefined ? key : toRefTitle(found.ref);
}

function describeHeld(ref: Ref, isLive: boolean): string {
  return `${toRefTitle(ref)} ${isLive ? 'stays as it was' : 'is not made yet'}`;
}

function toMistake({ severity, code, message, location, hint }: Diagnostic): string {
  const { path, line, column } = location;
  const advice = hint === undefined ? '' : ` (${hint})`;
  return `- ${severity} at ${path}:${line}:${column}: ${code} ${message}${advice}`;
}

/** Names, values and messages are other people's text: one line each, and not too many. */
function cut(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, MAX_LINES).map((line) => toPrintable(line, MAX_LINE_LENGTH));
  const more = lines.length - shown.length;
  return more === 0 ? shown : [...shown, `- and ${more} more; plumb plan --head says all`];
}

function toCount(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
