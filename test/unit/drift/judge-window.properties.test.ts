import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCanonicalJson } from '../../../reconciler/core/contracts/canonical-json.ts';
import type { DriftReference } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { Json } from '../../../reconciler/core/contracts/json.ts';
import type { DriftJudgement } from '../../../reconciler/core/drift/drift-record.ts';
import type { DriftSpec } from '../../../reconciler/core/drift/drift-spec.ts';
import { judgeWindow } from '../../../reconciler/core/drift/judge-window.ts';
import type { WindowCounts } from '../../../reconciler/core/drift/subjects.ts';
import { addWindowCounts } from '../../../reconciler/core/drift/window-counts.ts';
import { makeFeature, makeReference, makeWindow, SPEC } from './drift-samples.ts';

const FEATURES = 4;

/** Each run judges up to a dozen windows. */
const RUNS = { numRuns: 60 };

type Sample = {
  readonly spec: DriftSpec;
  readonly reference: DriftReference;
  readonly windows: readonly WindowCounts[];
};

const anyCount = fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 400 }));

const toAnyCells = (cells: number) => fc.array(anyCount, { minLength: cells, maxLength: cells });

const anySample: fc.Arbitrary<Sample> = fc
  .array(fc.integer({ min: 1, max: 8 }), { minLength: FEATURES + 1, maxLength: FEATURES + 1 })
  .chain((widths) => {
    const [score = 1, ...features] = widths;
    const anyWindow = fc.record({
      rows: fc.nat({ max: 1_500 }),
      features: fc.tuple(
        ...features.map((width) =>
          fc.record({
            counts: toAnyCells(width),
            null: fc.nat({ max: 30 }),
            nonFinite: fc.constant(0),
          }),
        ),
      ),
      score: toAnyCells(score),
    });
    return fc.record({
      spec: fc.constantFrom<DriftSpec>(SPEC, {
        ...SPEC,
        effect: {
          warn: 0.1,
          retrain: 0.2,
          aggregate: {
            kind: 'importance',
            shares: [
              { feature: 'feature-2', share: 0.5 },
              { feature: 'feature-0', share: 0.3 },
              { feature: 'feature-3', share: 0.2 },
            ],
          },
        },
      }),
      reference: fc
        .tuple(...features.map((width) => toAnyCells(width)), toAnyCells(score))
        .map((cells) => ({
          ...makeReference(
            cells
              .slice(0, FEATURES)
              .map((counts, at) =>
                makeFeature(`feature-${at}`, counts, at % 2 === 0 ? 'number' : 'category'),
              ),
            5_000,
          ),
          score: { edges: (cells.at(-1) ?? []).slice(1), counts: cells.at(-1) ?? [] },
        })),
      windows: fc.array(anyWindow, { minLength: 1, maxLength: 6 }),
    });
  });

function judgeAll({ spec, reference, windows }: Sample): readonly DriftJudgement[] {
  const judgements: DriftJudgement[] = [];
  for (const counts of windows) {
    const state = judgements.at(-1)?.state ?? null;
    judgements.push(judgeWindow(spec, reference, makeWindow(counts), state));
  }
  return judgements;
}

const toText = (value: unknown) => toCanonicalJson(value as Json);

const toEmpty = (counts: WindowCounts): WindowCounts => ({
  rows: 0,
  features: counts.features.map((feature) => ({
    counts: feature.counts.map(() => 0),
    null: 0,
    nonFinite: 0,
  })),
  score: counts.score.map(() => 0),
});

describe('a drift verdict', () => {
  it('does not depend on the order of the features', () => {
    const order = fc.shuffledSubarray([...Array(FEATURES).keys()], { minLength: FEATURES });
    fc.assert(
      fc.property(anySample, order, (sample, places) => {
        const pick = <Item>(items: readonly Item[]) => places.map((at) => items[at] as Item);
        const permuted = {
          spec: sample.spec,
          reference: { ...sample.reference, features: pick(sample.reference.features) },
          windows: sample.windows.map((window) => ({
            ...window,
            features: pick(window.features),
          })),
        };
        const toFigures = ({ verdict, record }: DriftJudgement) => {
          const { lnE, lnM, lnRun, effect, subjects, pooledRows } = record;
          return { verdict, lnE, lnM, lnRun, effect, subjects, pooledRows };
        };
        expect(judgeAll(permuted).map(toFigures)).toEqual(judgeAll(sample).map(toFigures));
      }),
      RUNS,
    );
  });

  it('is the same bytes however a window is split over nodes, and in any order of them', () => {
    const anySplit = fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      isFirstFirst: fc.boolean(),
    });
    fc.assert(
      fc.property(anySample, anySplit, (sample, { share, isFirstFirst }) => {
        const part = (counts: readonly number[]) => counts.map((one) => Math.floor(one * share));
        const windows = sample.windows.map((window) => {
          const one: WindowCounts = {
            rows: Math.floor(window.rows * share),
            features: window.features.map((feature) => ({
              counts: part(feature.counts),
              null: Math.floor(feature.null * share),
              nonFinite: 0,
            })),
            score: part(window.score),
          };
          const less = (counts: readonly number[], taken: readonly number[]) =>
            counts.map((count, cell) => count - (taken[cell] ?? 0));
          const other: WindowCounts = {
            rows: window.rows - one.rows,
            features: window.features.map((feature, at) => ({
              counts: less(feature.counts, one.features[at]?.counts ?? []),
              null: feature.null - (one.features[at]?.null ?? 0),
              nonFinite: 0,
            })),
            score: less(window.score, one.score),
          };
          return isFirstFirst ? addWindowCounts(one, other) : addWindowCounts(other, one);
        });
        expect(toText(judgeAll({ ...sample, windows }))).toBe(toText(judgeAll(sample)));
      }),
      RUNS,
    );
  });

  it('does not see windows without a row', () => {
    fc.assert(
      fc.property(anySample, fc.nat({ max: 6 }), ({ windows, ...sample }, at) => {
        const [first] = windows;
        if (first === undefined) return;
        const padded = [...windows.slice(0, at), toEmpty(first), ...windows.slice(at)];
        const last = judgeAll({ ...sample, windows }).at(-1);
        const withEmpty = judgeAll({ ...sample, windows: padded });
        expect(withEmpty.at(-1)?.state).toEqual(last?.state);
        expect(withEmpty.filter(({ record }) => record.rows > 0).map(toText)).toEqual(
          expect.arrayContaining(
            judgeAll({ ...sample, windows })
              .filter(({ record }) => record.rows > 0)
              .map(toText),
          ),
        );
      }),
      RUNS,
    );
  });

  it('holds nothing that JSON could lose, and follows from it again', () => {
    fc.assert(
      fc.property(anySample, (sample) => {
        for (const { state, record } of judgeAll(sample)) {
          expect(JSON.parse(JSON.stringify(state))).toEqual(state);
          expect(JSON.parse(JSON.stringify(record))).toEqual(record);
          for (const { effect } of record.subjects) {
            if (effect !== null) expect(effect.psi).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      RUNS,
    );
  });
});
