/** RFC 6901: one step more. */
export function joinPointer(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function splitPointer(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What a pointer leads to, or undefined. Only own properties are followed. */
export function readPointer(value: unknown, pointer: string): unknown {
  let found = value;
  for (const step of splitPointer(pointer)) {
    if (found === null || typeof found !== 'object' || !Object.hasOwn(found, step))
      return undefined;
    found = (found as Readonly<Record<string, unknown>>)[step];
  }
  return found;
}

/** As people write it: `spec.pools[0].name`. */
export function toFieldPath(pointer: string): string {
  return splitPointer(pointer).reduce(
    (path, step) =>
      /^\d+$/.test(step) ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`,
    '',
  );
}
