import { describe, expect, it } from 'vitest';
import { ENDPOINT, MODEL_FILES, SOURCE } from '../language/model-repo.ts';
import { judgeSmallRepo, toDocument, toEnvironment } from '../language/small-repo.ts';

const SERVED_ELSEWHERE = {
  ...MODEL_FILES,
  'source.yaml': SOURCE.replace(
    'connection: files',
    'classification: personal\n  connection: files',
  ),
  'environments/eu.yaml': toEnvironment('eu', 'eu', '[frankfurt]'),
  'endpoint.yaml': ENDPOINT.replace('environment: dev', 'environment: eu'),
};

function findRefusals(files: Parameters<typeof judgeSmallRepo>[0]) {
  return judgeSmallRepo(files).diagnostics.filter(({ code }) => code === 'P208');
}

describe('a refused flow', () => {
  it('is told with its whole way, each hop in its place, and what would allow it', () => {
    const [model, rows] = findRefusals(SERVED_ELSEWHERE);
    expect(model).toMatchObject({
      message:
        'a model may not go from zone "ae" to zone "eu" (personal): datasource payments/transactions → model payments/fraud → endpoint payments/fraud',
      hint: 'use it in its own zone, or have the owners of Zone "ae" add to its transfers: {to: eu, upTo: personal, carries: [models], legalBasis: …}',
    });
    expect(
      model?.related?.map(
        ({ message, location }) => `${location.path}:${location.line} ${message}`,
      ),
    ).toEqual([
      'source.yaml:7 datasource payments/transactions holds it',
      'model.yaml:8 model payments/fraud takes it from datasource payments/transactions here',
      'endpoint.yaml:7 endpoint payments/fraud takes it from model payments/fraud here',
      'zones/ae.yaml:5 the transfers of Zone "ae"',
    ]);
    expect(rows).toMatchObject({
      message:
        'rows may not go from zone "ae" to zone "eu" (personal): datasource payments/transactions → featureview payments/activity → endpoint payments/fraud',
    });
    expect(rows?.related?.map(({ message }) => message)).toContain(
      'model payments/fraud looks it up here',
    );
  });

  it('says of unclassified rows that they have to be classified first', () => {
    const [refusal] = findRefusals({ ...SERVED_ELSEWHERE, 'source.yaml': SOURCE });
    expect(refusal?.hint).toBe(
      'say how sensitive the rows are, by "classification" of datasource payments/transactions; until then nothing of them leaves the zone',
    );
  });
});

describe('where the repository is kept', () => {
  const toPlatform = (zone: string) => toDocument('Platform', 'bank', `{repositoryZone: ${zone}}`);

  it('has to be allowed by each zone whose audit trail is written there', () => {
    const [refusal, ...others] = findRefusals({ 'platform.yaml': toPlatform('eu') });
    expect(others).toEqual([]);
    expect(refusal?.message).toBe(
      'the audit trail of zone "ae" may not go to zone "eu", where the repository is kept (internal)',
    );
    const allowing = '{to: eu, upTo: internal, carries: [evidence], legalBasis: Policy 4.2}';
    const zone = toDocument('Zone', 'ae', `{jurisdiction: AE, transfers: [${allowing}]}`);
    expect(findRefusals({ 'platform.yaml': toPlatform('eu'), 'zones/ae.yaml': zone })).toEqual([]);
  });

  it('is a zone of this repo', () => {
    const { diagnostics } = judgeSmallRepo({ 'platform.yaml': toPlatform('ea') });
    expect(diagnostics[0]).toMatchObject({ code: 'P202', hint: 'did you mean "ae"?' });
  });
});
