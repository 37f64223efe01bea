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

/** Every place that a pointer with `*` steps leads to, in the order of the lists. */
export function expandPointer(value: unknown, pattern: string): readonly string[] {
  let places = [''];
  for (const step of splitPointer(pattern)) {
    places = places.flatMap((place) => {
      if (step !== '*') return [joinPointer(place, step)];
      const list = readPointer(value, place);
      return Array.isArray(list) ? list.map((_, index) => joinPointer(place, index)) : [];
    });
  }
  return places.filter((place) => readPointer(value, place) !== undefined);
}

/** As people write it: `spec.pools[0].name`. */
export function toFieldPath(pointer: string): string {
  return splitPointer(pointer).reduce(
    (path, step) =>
      /^\d+$/.test(step) ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`,
    '',
  );
}
