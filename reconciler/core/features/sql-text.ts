/*
 * Names and texts of people enter SQL here and nowhere else, and only quoted.
 */

/** A name as SQL spells it. */
export function toSqlName(name: string): string {
  refuseNul(name);
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL spells it. */
export function toSqlText(text: string): string {
  refuseNul(text);
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * A path where DuckDB expects a pattern of paths: what means something in a pattern stands in
 * brackets, where it means itself.
 */
export function toSqlPath(path: string): string {
  return toSqlText(path.replace(/[*?[]/g, '[$&]'));
}

/** Most parsers written in C end a statement there. */
function refuseNul(text: string): void {
  if (text.includes('\u0000')) throw new TypeError('SQL text cannot hold U+0000');
}
