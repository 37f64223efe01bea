import { describe, expect, it } from 'vitest';
import type { VersionRecord } from '../../../reconciler/core/contracts/generated/version-record.generated.ts';
import {
  proposeRelease,
  type ReleaseQuestion,
} from '../../../reconciler/core/release/propose-release.ts';
import { replaceVersions, toReleaseText } from '../../../reconciler/core/release/release-text.ts';
import { parseFile } from '../../../reconciler/core/spec/parse-file.ts';
import { makeContract, makeManifest, makeSigmoidModel } from '../../support/onnx-models.ts';
import { makeRecord, makeReport } from '../../support/version-records.ts';

const VERSION = `sha256:${'2'.repeat(64)}`;
const FORMER = `sha256:${'1'.repeat(64)}`;
const ENDPOINT = { kind: 'Endpoint', namespace: 'payments', name: 'fraud' };
const WORDS = { namespace: 'payments', endpoint: 'fraud', version: VERSION };

const record: VersionRecord = {
  version: VERSION,
  ...makeRecord(
    makeManifest({
      model: makeSigmoidModel({ weights: [1, 2], bias: 0 }),
      contract: makeContract(['a', 'b']),
      runKey: `sha256:${'3'.repeat(64)}`,
      seed: 7,
    }),
    {
      evaluation: makeReport('run', [
        {
          name: 'auc',
          slice: null,
          value: 0.91234,
          rows: 100,
          interval: { lower: 0.9, upper: 0.92, method: 'delong', level: 0.95 },
        },
        {
          name: 'positive-rate',
          slice: { column: 'age', value: 'sixty' },
          value: 0.3,
          rows: 9,
          interval: null,
        },
      ]),
      gates: [
        { metric: 'auc', slice: null, minimum: 0.8, verdict: 'pass', why: 'auc is 0.9\u001b[2J' },
      ],
    },
  ),
};

const question: ReleaseQuestion = {
  ...{ endpoint: ENDPOINT, environment: 'dev', approval: 'person' },
  ...{ record, served: [], file: null },
};

describe('the text of a release', () => {
  it('is one valid document', () => {
    const parsed = parseFile(new TextEncoder().encode(toReleaseText(WORDS)));
    expect(parsed.diagnostics).toEqual([]);
    expect(parsed.documents[0]?.spec).toMatchObject({
      endpoint: 'fraud',
      versions: [{ version: VERSION, percent: 100 }],
    });
  });

  it('keeps what people wrote around the versions', () => {
    const other = 'apiVersion: v1\nkind: ConfigMap\n';
    const before = toReleaseText({ ...WORDS, version: FORMER });
    const text = `${other}---\n# agreed on Monday\n${before}`;
    const after = replaceVersions(text, WORDS) ?? '';
    expect(after).toContain('kind: ConfigMap\n---\n');
    expect(after).toContain('# agreed on Monday');
    expect(after).toContain(VERSION);
    expect(after).not.toContain(FORMER);
    expect(parseFile(new TextEncoder().encode(after)).diagnostics).toEqual([]);
  });

  it('is not guessed where the release is not found, or the file is broken', () => {
    expect(replaceVersions('a: [', WORDS)).toBeNull();
    expect(replaceVersions(toReleaseText({ ...WORDS, endpoint: 'other' }), WORDS)).toBeNull();
    expect(replaceVersions('', WORDS)).toBeNull();
  });
});

describe('a proposal of a release', () => {
  it('puts the first one where releases of the environment stand', () => {
    expect(proposeRelease(question)).toMatchObject({
      branch: 'plumbline/release/payments.fraud/222222222222',
      replaces: 'plumbline/release/payments.fraud/',
      title: 'Release sha256:222222222222 to payments/fraud in dev',
      files: [{ path: 'releases/dev/payments.fraud.yaml', text: toReleaseText(WORDS) }],
    });
  });

  it('edits the file that main has', () => {
    const file = { path: 'fraud.yaml', text: toReleaseText({ ...WORDS, version: FORMER }) };
    const served = [{ version: FORMER, percent: 100 }];
    const proposal = proposeRelease({ ...question, file, served });
    expect(proposal?.files).toEqual([{ path: 'fraud.yaml', text: toReleaseText(WORDS) }]);
    expect(proposal?.body).toContain('it serves sha256:111111111111 at 100 % now');
    expect(proposeRelease({ ...question, file: { path: 'x', text: 'a: [' } })).toBeNull();
  });

  it('is merged without asking only where its environment says so', () => {
    expect(proposeRelease(question)?.mergedBecause).toBeNull();
    expect(proposeRelease({ ...question, approval: 'none' })?.mergedBecause).toContain(
      'environment dev says `releaseApproval: none`',
    );
  });

  it('tells figures and gates, and no value of data', () => {
    const body = proposeRelease(question)?.body ?? '';
    expect(body).toContain('- auc 0.9123 (0.9000 to 0.9200 at 95 %)');
    expect(body).toContain('- pass: auc is 0.9\\u001b[2J');
    expect(body).toContain('nothing is served there yet');
    expect(body).not.toContain('sixty');
    expect(body).toContain(`- version ${VERSION}`);
  });
});
