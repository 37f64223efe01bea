import type { Condition } from '../../core/status/condition.ts';
import type { ResourceStatus, ZoneStatus } from '../../core/status/zone-status.ts';

/** How much a person should care. */
export type Tone = 'bad' | 'warn' | 'busy' | 'calm' | 'good';

export type Remark = { readonly tone: Tone; readonly text: string };

const WORST_FIRST: readonly Tone[] = ['bad', 'warn', 'busy', 'calm', 'good'];

export function toneOf(remarks: readonly Remark[]): Tone {
  return WORST_FIRST.find((tone) => remarks.some((remark) => remark.tone === tone)) ?? 'calm';
}

export function judgeZone(zone: ZoneStatus): readonly Remark[] {
  const { role, source, trouble, isConverged } = zone;
  const remarks: Remark[] = [judgeRole(role)];
  if (trouble !== null && role !== 'leader') remarks.push({ tone: 'bad', text: 'in trouble' });
  if (source.held !== null) remarks.push({ tone: 'bad', text: 'newer revision held back' });
  const stalled = zone.resources.filter((resource) => judgeResource(resource) === 0).length;
  if (stalled > 0) remarks.push({ tone: 'bad', text: `${stalled} stalled` });
  if (role !== 'leader' || toneOf(remarks) === 'bad') return remarks;
  const state: Remark = isConverged
    ? { tone: 'good', text: 'nothing left to do' }
    : { tone: 'busy', text: 'working' };
  return [...remarks, state];
}

function judgeRole(role: ZoneStatus['role']): Remark {
  switch (role) {
    case 'leader':
      return { tone: 'calm', text: 'leads' };
    case 'standby':
      return { tone: 'calm', text: 'stands by' };
    case 'starting':
      return { tone: 'busy', text: 'starting' };
    case 'stopped':
      return { tone: 'warn', text: 'stopped' };
  }
}

/** The rank of its worst condition: 0 is what needs a person, and comes first. */
export function judgeResource({ conditions }: ResourceStatus): number {
  return WORST_FIRST.indexOf(toneOf(conditions.map(judgeCondition)));
}

export function judgeCondition({ type, status }: Condition): Remark {
  if (status === 'Unknown') return { tone: 'warn', text: `${type} unknown` };
  if (status === 'True') return { tone: TONE_WHEN_TRUE[type], text: type };
  return type === 'Ready'
    ? { tone: 'bad', text: 'Not ready' }
    : { tone: 'calm', text: `Not ${type}` };
}

const TONE_WHEN_TRUE: Readonly<Record<Condition['type'], Tone>> = {
  Ready: 'good',
  Progressing: 'busy',
  Stalled: 'bad',
  Held: 'warn',
};
