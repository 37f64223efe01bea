/** RFC 6901: one step more. */
export function joinPointer(pointer: string, key: string | number): string {
  if (typeof key === 'number' || !/[~/]/.test(key)) return `${pointer}/${key}`;
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function splitPointer(pointer: string): readonly string[] {
  const steps = pointer.split('/').slice(1);
  if (!pointer.includes('~')) return steps;
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
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
