import type { SourceLocation } from '../spec/diagnostic.ts';
import type { Resource } from '../spec/resource.ts';

/** Where a field stands, or its resource when the document does not have it. */
export function locateField(resource: Resource, pointer: string): SourceLocation {
  const position = resource.positions[pointer];
  if (position === undefined) return resource.location;
  return { path: resource.location.path, line: position[0], column: position[1] };
}
