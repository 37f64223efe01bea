import { describe, expect, it } from 'vitest';
import { isPlacedIn } from '../../../reconciler/core/graph/placement.ts';
import { CONNECTION, MODEL, MODEL_FILES } from './model-repo.ts';
import { judgeSmallRepo, toEnvironment, toTarget, toTitles } from './small-repo.ts';

function placesOf(files: Parameters<typeof judgeSmallRepo>[0]): Readonly<Record<string, string>> {
  const { valid, zones } = judgeSmallRepo(files);
  const places = valid.map((one) => {
    const own = zones.filter((zone) => isPlacedIn(one.placement, zone));
    return [toTitles([one])[0], own.join()];
  });
  return Object.fromEntries(places);
}

describe('where a resource stands', () => {
  it('is in all zones, its own, or the one it names', () => {
    expect(placesOf({})).toEqual({
      'Platform/bank': 'ae,eu',
      'Namespace/payments': 'ae,eu',
      'Zone/ae': 'ae',
      'Zone/eu': 'eu',
      'Target/laptop': 'ae',
      'Target/frankfurt': 'eu',
      'Environment/dev': 'ae',
      'Environment/prod': 'ae',
    });
  });

  it('follows from what it names, however far away the zone is written', () => {
    expect(placesOf(MODEL_FILES)).toMatchObject({
      'Connection/files': 'ae',
      'Entity/customer': 'ae,eu',
      'Trainer/lightgbm': 'ae,eu',
      'DataSource/transactions': 'ae',
      'FeatureView/activity': 'ae',
      'Model/fraud': 'ae',
      'Endpoint/fraud': 'ae',
      'Release/fraud': 'ae',
    });
  });

  it('moves when one line does', () => {
    const moved = placesOf({
      ...MODEL_FILES,
      'connection.yaml': CONNECTION.replace('zone: ae', 'zone: eu'),
      'model.yaml': MODEL.replace('target: laptop', 'target: frankfurt'),
      'environments/dev.yaml': toEnvironment('dev', 'eu', '[frankfurt]'),
      'targets/frankfurt.yaml': toTarget('frankfurt', 'eu'),
    });
    const own = ['DataSource/transactions', 'FeatureView/activity', 'Model/fraud', 'Release/fraud'];
    expect(own.map((title) => moved[title])).toEqual(own.map(() => 'eu'));
  });
});
