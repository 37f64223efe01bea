import { describe, expect, it } from 'vitest';
import { BATCH_CASES } from './corpus/batch.ts';
import { BYTE_CASES } from './corpus/bytes.ts';
import type { CorpusCase } from './corpus/case.ts';
import { FIELD_CASES, FREEZING_FIELD_CASES } from './corpus/fields.ts';
import { GRAPH_CASES } from './corpus/graph.ts';
import { HOLD_CASES } from './corpus/holds.ts';
import { MODEL_FIELD_CASES } from './corpus/model-fields.ts';
import { MODEL_GRAPH_CASES } from './corpus/model-graph.ts';
import { OVERRIDE_CASES } from './corpus/overrides.ts';
import { POLICY_CASES } from './corpus/policies.ts';
import { RESIDENCY_CASES } from './corpus/residency.ts';
import { SYNTAX_CASES } from './corpus/syntax.ts';
import { judgeSmallRepo, toPlaces, toTitles } from './small-repo.ts';

function expectCase({ files, places, heldBack, frozen, uncertain }: CorpusCase): void {
  const judgement = judgeSmallRepo(files);
  expect(toPlaces(judgement)).toEqual(places);
  expect(toTitles(judgement.heldBack)).toEqual(heldBack ?? []);
  expect(judgement.frozen).toBe(frozen ?? false);
  expect(judgement.valid.length > 0).toBe(!judgement.frozen);
  expect(judgement.uncertainPaths).toEqual(uncertain ?? []);
}

describe('a repo with mistakes, each reported in its place', () => {
  describe('bytes', () => {
    it.each(BYTE_CASES)('$name', expectCase);
  });
  describe('syntax', () => {
    it.each(SYNTAX_CASES)('$name', expectCase);
  });
  describe('fields', () => {
    it.each(FIELD_CASES)('$name', expectCase);
    it.each(FREEZING_FIELD_CASES)('$name', expectCase);
    it.each(MODEL_FIELD_CASES)('$name', expectCase);
  });
  describe('how resources fit together', () => {
    it.each(GRAPH_CASES)('$name', expectCase);
    it.each(MODEL_GRAPH_CASES)('$name', expectCase);
    it.each(RESIDENCY_CASES)('$name', expectCase);
    it.each(OVERRIDE_CASES)('$name', expectCase);
    it.each(HOLD_CASES)('$name', expectCase);
    it.each(POLICY_CASES)('$name', expectCase);
    it.each(BATCH_CASES)('$name', expectCase);
  });
});
