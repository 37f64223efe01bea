import type { Ref } from '../../contracts/ref.ts';
import type { DataSourceSpec } from '../../spec/generated/data-source.generated.ts';
import type { Found, Misfit } from './fit-check.ts';

export type Column = DataSourceSpec['columns'][number];

export function findColumn({ spec }: Found<'DataSource'>, name: string): Column | null {
  return spec.columns.find((column) => column.name === name) ?? null;
}

/** A name that is none of those that the other resource has. */
export function toMissing(input: {
  readonly what: string;
  readonly name: string;
  readonly pointer: string;
  readonly owner: Misfit['other'];
  readonly known: readonly string[];
}): Misfit {
  const { what, name, pointer, owner, known } = input;
  return {
    pointer,
    message: `${owner.ref.kind} "${owner.ref.name}" has no ${what} "${name}"`,
    hint: { name, known },
    other: owner,
  };
}

export function toMissingColumn(
  source: Found<'DataSource'>,
  name: string,
  pointer: string,
): Misfit {
  const known = source.spec.columns.map((column) => column.name);
  const owner = { ref: source.ref, pointer: '/spec/columns' };
  return toMissing({ what: 'column', name, pointer, owner, known });
}

/** Keys of an entity that the source does not have as columns of the same type. */
export function checkKeys(input: {
  readonly entity: Found<'Entity'>;
  readonly source: Found<'DataSource'>;
  readonly pointer: string;
  readonly through: readonly Ref[];
}): readonly Misfit[] {
  const { entity, source, pointer, through } = input;
  return entity.spec.keys.flatMap(({ name, type }): readonly Misfit[] => {
    const column = findColumn(source, name);
    if (column === null) return [{ ...toMissingColumn(source, name, pointer), through }];
    if (column.type === type) return [];
    const message = `the key "${name}" of Entity "${entity.ref.name}" is a ${type}, and in DataSource "${source.ref.name}" a ${column.type}`;
    const hint = 'a key has the same type everywhere';
    const other = { ref: source.ref, pointer: '/spec/columns' };
    return [{ pointer, message, hint, other, through }];
  });
}

/** Why a column cannot become a number of a model's input as it is declared, or null. */
export function findEncodingFault(
  column: Column,
  categories: readonly string[] | undefined,
): string | null {
  if (column.type === 'timestamp') return 'is a timestamp, which is no feature';
  if (column.type === 'string' && categories === undefined)
    return 'is a string, so it needs categories';
  if (column.type !== 'string' && categories !== undefined) {
    return `is a ${column.type}, so it has no categories`;
  }
  return null;
}
