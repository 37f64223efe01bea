import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryOnlineFeatures } from '../../../reconciler/adapters/online-features/memory/online-features.ts';
import { createMemoryOnlineTables } from '../../../reconciler/adapters/online-features/memory/tables.ts';
import { createFeaturesGetCommand } from '../../../reconciler/cli/commands/features-get.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { toDefinitionDigest } from '../../../reconciler/core/features/contract.ts';
import { toEntityKey } from '../../../reconciler/core/features/entity-key.ts';
import type { SourceRow } from '../../../reconciler/core/features/evaluate-view.ts';
import type { ViewDefinition } from '../../../reconciler/core/features/view-definition.ts';
import { findOnlineRow } from '../../../reconciler/kinds/feature-view/find-online-row.ts';
import { resolveViewDefinition } from '../../../reconciler/kinds/view-definitions.ts';
import type { ZoneForms } from '../../../reconciler/kinds/zone-forms.ts';
import { toSampleRecord } from '../../support/online-subjects.ts';
import { createCommandIo } from '../cli/command-io.ts';

const VIEW = 'payments/activity';
const DAY_MICROS = 86_400_000_000;
const KEY = toEntityKey(['c-1']);

const toForm = (kind: string, name: string, spec: object) => ({
  ...{ apiVersion: 'plumbline.dev/v1alpha1', kind },
  ...{ metadata: { name, namespace: 'payments', labels: {}, formerly: [] }, spec },
});

const FORMS = [
  toForm('Entity', 'customer', { keys: [{ name: 'customer', type: 'string' }] }),
  toForm('DataSource', 'rows', {
    ...{ connection: 'files', path: 'rows.csv', format: 'csv', eventTime: 'at' },
    availability: { eventTime: true },
    columns: [
      { name: 'customer', type: 'string' },
      { name: 'at', type: 'timestamp' },
      { name: 'amount', type: 'float64' },
    ],
  }),
  toForm('FeatureView', 'activity', {
    ...{ entity: 'customer', source: 'rows', online: true },
    features: [
      { name: 'last', column: 'amount' },
      { name: 'count', aggregate: 'count', window: '1d' },
    ],
  }),
];

const toForms = (forms: readonly ReturnType<typeof toForm>[]): ZoneForms => ({
  find: async () => null,
  require: async (kind, name) => {
    const found = forms.find((form) => form.kind === kind && form.metadata.name === name);
    if (found === undefined) throw new CodedError('P406', `${name} is not live`);
    return found as never;
  },
});

const ROW: SourceRow = {
  ...{ eventMicros: DAY_MICROS, availableMicros: DAY_MICROS, sequence: 1 },
  columns: { customer: 'c-1', at: null, amount: 5 },
};

describe('the values of a key', () => {
  let online: ReturnType<typeof createMemoryOnlineFeatures>;
  let live: ViewDefinition;
  let earlier: ViewDefinition;

  beforeEach(async () => {
    online = createMemoryOnlineFeatures({
      tables: createMemoryOnlineTables(),
      readRows: async () => [ROW],
    });
    const forms = toForms(FORMS);
    live = await resolveViewDefinition(
      forms,
      await forms.require('FeatureView', 'activity', 'payments'),
    );
    earlier = { ...live, features: [...live.features].reverse() };
  });

  const make = async (definition: ViewDefinition) => {
    const snapshot = { record: toSampleRecord([ROW], 'sha256:1'), rowsFile: '' };
    await online.materialise(definition, snapshot, await online.takeSequence());
  };
  const find = (forms = FORMS) => findOnlineRow({ online, forms: toForms(forms) }, VIEW, KEY);

  it('are those of the live definition, whatever was made after it', async () => {
    expect(await find()).toBeNull();
    await make(live);
    await make(earlier);
    const found = await find();
    expect(found).toMatchObject({ isLive: true, features: ['last', 'count'] });
    expect(found?.row?.values).toEqual([5, 1]);
  });

  it('stand under the names of their own definition, and it is said whose they are', async () => {
    await make(earlier);
    const found = await find();
    const definitionDigest = toDefinitionDigest(earlier);
    expect(found).toMatchObject({ isLive: false, features: ['count', 'last'] });
    expect(found?.row?.values).toEqual([1, 5]);
    expect((await find([]))?.state.definitionDigest).toBe(definitionDigest);
    const { io, output } = createCommandIo();
    const command = createFeaturesGetCommand({
      readOnline: async () => (found === null ? null : { zone: 'ae', ...found }),
      listNames: async () => [],
    });
    await command.run([VIEW, 'c-1'], io);
    await command.run([VIEW, 'c-1', '--format', 'json'], io);
    expect(output()).toContain(`of the definition ${definitionDigest.slice(0, 19)}, which is not`);
    expect(output()).toContain('"values":{"count":1,"last":5}');
    expect(output()).toContain('"isLive":false');
  });
});
