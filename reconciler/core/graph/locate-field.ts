import type { SourceLocation } from '../spec/diagnostic.ts';
import type { Resource } from '../spec/resource.ts';

/** Where a field stands; one that the document leaves out is missing from the nearest around it. */
export function locateField(resource: Resource, pointer: string): SourceLocation {
  const position = resource.positions[pointer];
  if (position !== undefined) {
    return { path: resource.location.path, line: position[0], column: position[1] };
  }
  const end = pointer.lastIndexOf('/');
  return end > 0 ? locateField(resource, pointer.slice(0, end)) : resource.location;
}
