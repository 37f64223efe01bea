import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { toResourcePath } from '../contracts/ref.ts';
import { toDurationSeconds } from '../spec/duration.ts';
import type { DataSourceSpec } from '../spec/generated/data-source.generated.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';
import type { Availability, SourceColumn, SourceDefinition } from './source-definition.ts';

/** The part of a DataSource that a snapshot of it depends on. */
export function toSourceDefinition(form: NormalForm): SourceDefinition {
  const spec = toTypedSpec(form, 'DataSource');
  return {
    v: 1,
    source: toResourcePath(toRef(form)),
    format: spec.format,
    columns: spec.columns.map(toColumn),
    eventTime: spec.eventTime,
    availability: toAvailability(spec.availability),
    maxQuarantinedPercent: spec.maxQuarantinedPercent,
  };
}

function toColumn(column: DataSourceSpec['columns'][number]): SourceColumn {
  const { name, type, nullable, minimum = null, maximum = null, values = null } = column;
  return { name, type, nullable, minimum, maximum, values };
}

function toAvailability({ column, delay }: DataSourceSpec['availability']): Availability {
  if (column !== undefined) return { column };
  if (delay !== undefined) return { delaySeconds: toDurationSeconds(delay) };
  return { eventTime: true };
}
