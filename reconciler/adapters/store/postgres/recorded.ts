import assert from 'node:assert/strict';
import type { Digest } from '../../../core/contracts/digest.ts';
import type { Instant } from '../../../core/contracts/instant.ts';
import type { NormalForm } from '../../../core/contracts/normal-form.ts';
import { compareRefs, parseRefKey, type Ref } from '../../../core/contracts/ref.ts';
import type { EffectId } from '../../../core/plan/effect.ts';
import type { Recorded, RecordedEffect } from '../../../core/plan/planner.ts';
import type { SqlSession } from '../../../ports/database.ts';

type EffectColumns<Prefix extends string> = {
  readonly [Column in keyof Required<RecordedEffect> as `${Prefix}_${Column}`]: Required<RecordedEffect>[Column];
};

type RecordedRow = {
  readonly ref_key: string;
  readonly terminal_effects: number;
  readonly failures: number;
} & EffectColumns<'last'> & {
    readonly achieved_effectId: EffectId | null;
    readonly achieved_action: string;
    readonly achieved_targetDigest: Digest;
    readonly achieved_outcome: RecordedEffect['outcome'];
    readonly achieved_live: NormalForm | null;
    readonly achieved_at: Instant;
    readonly achieved_summary: string;
  };

const toColumns = (prefix: 'last' | 'achieved') => `
  ${prefix}.effect_id AS "${prefix}_effectId", ${prefix}.action AS "${prefix}_action",
  ${prefix}.target_digest AS "${prefix}_targetDigest", ${prefix}.outcome AS "${prefix}_outcome",
  ${prefix}.live AS "${prefix}_live", ${prefix}.ended_at_ms AS "${prefix}_at",
  ${prefix}_said.summary AS "${prefix}_summary"`;

const SELECT_RECORDED = `
  SELECT recorded.ref_key, recorded.terminal_effects, recorded.failures,
         ${toColumns('last')}, ${toColumns('achieved')}
  FROM recorded
  JOIN effect AS last ON last.effect_id = recorded.last_effect
  JOIN outbox AS last_said ON last_said.effect_id = recorded.last_effect
  LEFT JOIN effect AS achieved ON achieved.effect_id = recorded.achieved_effect
  LEFT JOIN outbox AS achieved_said ON achieved_said.effect_id = recorded.achieved_effect`;

/** Five look-ups by key, however long the history is. */
export async function readRecorded(session: SqlSession, key: string): Promise<Recorded | null> {
  const [row] = await session.query<RecordedRow>(`${SELECT_RECORDED} WHERE recorded.ref_key = $1`, [
    key,
  ]);
  return row === undefined ? null : toRecorded(row);
}

export async function listRecorded(
  session: SqlSession,
): Promise<readonly { readonly ref: Ref; readonly recorded: Recorded }[]> {
  const rows = await session.query<RecordedRow>(SELECT_RECORDED);
  return rows
    .map((row) => ({ ref: toStoredRef(row.ref_key), recorded: toRecorded(row) }))
    .sort((a, b) => compareRefs(a.ref, b.ref));
}

function toStoredRef(key: string): Ref {
  const ref = parseRefKey(key);
  assert(ref !== null, `the store holds a malformed reference: ${key}`);
  return ref;
}

function toRecorded(row: RecordedRow): Recorded {
  return {
    terminalEffects: row.terminal_effects,
    failures: row.failures,
    last: {
      effectId: row.last_effectId,
      action: row.last_action,
      targetDigest: row.last_targetDigest,
      outcome: row.last_outcome,
      live: row.last_live,
      at: row.last_at,
      summary: row.last_summary,
    },
    achieved:
      row.achieved_effectId === null
        ? null
        : {
            effectId: row.achieved_effectId,
            action: row.achieved_action,
            targetDigest: row.achieved_targetDigest,
            outcome: row.achieved_outcome,
            live: row.achieved_live,
            at: row.achieved_at,
            summary: row.achieved_summary,
          },
  };
}
