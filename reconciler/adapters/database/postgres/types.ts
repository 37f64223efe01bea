import pg from 'pg';

/** The driver gives 64-bit integers as text, because not all of them fit a number. Ours do. */
export function createTypeParsers(): pg.CustomTypesConfig {
  return {
    getTypeParser(oid: number, format?: 'text' | 'binary') {
      return oid === pg.types.builtins.INT8 && format !== 'binary'
        ? parseWholeNumber
        : pg.types.getTypeParser(oid, format as 'text');
    },
  } as pg.CustomTypesConfig;
}

function parseWholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error('a stored integer is beyond 2^53');
  return value;
}
