import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCanonicalJson } from '../../../reconciler/core/contracts/canonical-json.ts';
import { renderResource } from '../../../reconciler/core/spec/render-resource.ts';
import type { Resource } from '../../../reconciler/core/spec/resource.ts';
import { anyDocuments, anyLayout, toFiles } from './arbitrary-repo.ts';
import { MODEL_FILES } from './model-repo.ts';
import { judge, judgeSmallRepo } from './small-repo.ts';

const toText = ({ ref, labels, formerly, form }: Resource) =>
  toCanonicalJson({ ref, labels, formerly, form });

const toTexts = (resources: readonly Resource[]) => resources.map(toText).sort();

describe('what is written out in full', () => {
  it('reads back as the same', () => {
    fc.assert(
      fc.property(anyDocuments, anyLayout, (documents, layout) => {
        const { valid, frozen } = judge(toFiles(documents, layout));
        fc.pre(!frozen);
        const again = judge({ 'all.yaml': valid.map(renderResource).join('---\n') });
        expect(again.diagnostics).toEqual([]);
        expect(toTexts(again.valid)).toEqual(toTexts(valid));
      }),
      { numRuns: 25 },
    );
  });

  it('says every default', () => {
    const { valid } = judgeSmallRepo(MODEL_FILES);
    const endpoint = valid.find(({ ref }) => ref.kind === 'Endpoint') as Resource;
    expect(renderResource(endpoint)).toBe(
      [
        'apiVersion: plumbline.dev/v1alpha1',
        'kind: Endpoint',
        'metadata:',
        '  name: fraud',
        '  namespace: payments',
        'spec:',
        '  model: fraud',
        '  environment: dev',
        '  threshold: 0.5',
        '  batching:',
        '    maxBatchSize: 64',
        '    maxDelayMicroseconds: 0',
        '    maxQueueRows: 4096',
        '',
      ].join('\n'),
    );
  });
});
