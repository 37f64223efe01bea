import { isCodedError } from '../../core/contracts/coded-error.ts';
import { type Digest, toShortDigest } from '../../core/contracts/digest.ts';
import type { SnapshotRecord } from '../../core/contracts/generated/snapshot-record.generated.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { toSourceDefinition } from '../../core/features/to-source-definition.ts';
import { type DataSourceFacts, planDataSource } from '../../core/plan/planners/data-source.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { DataConnections } from '../../ports/data-connections.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler, Outcome } from '../../ports/kind-handler.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { createKeptHandler } from '../kept-handler.ts';

export type DataSourcePorts = {
  readonly definitions: Definitions;
  readonly connections: DataConnections;
  readonly snapshots: Snapshots;
};

/** A file becomes an accepted snapshot, and its bad rows a quarantine. */
export function createDataSourceHandler(ports: DataSourcePorts): KindHandler {
  const { connections, snapshots } = ports;
  return createKeptHandler(ports.definitions, {
    kind: 'DataSource',
    plan: planDataSource,
    look: async ({ live }, ref) => {
      const accepted = await snapshots.readAccepted(toResourcePath(ref));
      if (live === null || accepted === null) return { isThere: false, facts: {} };
      return { isThere: true, facts: await lookAtInput(ports, live) };
    },
    make: async ({ target }) => {
      const { connection, path } = toTypedSpec(target, 'DataSource');
      const file = await connections.locate({ connection, path });
      const { record } = await snapshots.accept(toSourceDefinition(target), file);
      return { notes: { snapshot: record.digest }, outcome: toOutcome(record) };
    },
    unmake: async () => undefined,
  });
}

async function lookAtInput(
  { connections, snapshots }: DataSourcePorts,
  form: NormalForm,
): Promise<DataSourceFacts> {
  const { connection, path } = toTypedSpec(form, 'DataSource');
  try {
    const file = await connections.locate({ connection, path });
    const isCurrent = await snapshots.isCurrent(toSourceDefinition(form), file);
    return { input: isCurrent ? 'same' : 'changed', why: '' };
  } catch (error) {
    if (isCodedError(error, 'P801')) return { input: 'missing', why: error.message };
    throw error;
  }
}

function toOutcome({ digest, inputDigest, rows, quarantined }: SnapshotRecord): Outcome {
  const bad = quarantined.reduce((sum, reason) => sum + reason.rows, 0);
  const left = bad === 0 ? '' : `, ${bad} in quarantine`;
  return {
    inputs: { file: inputDigest as Digest, snapshot: digest as Digest },
    summary: `accepts the snapshot ${toShortDigest(digest)}: ${rows} rows${left}`,
  };
}
