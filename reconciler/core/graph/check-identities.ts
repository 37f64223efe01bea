import { type RefKey, toKeyTitle, toRefKey } from '../contracts/ref.ts';
import type { Diagnostic, SourceLocation } from '../spec/diagnostic.ts';
import type { Resource } from '../spec/resource.ts';
import type { GraphProblem } from './check-references.ts';
import { locateField } from './locate-field.ts';
import type { BrokenResource } from './validity.ts';

type Claim = { readonly key: RefKey; readonly location: SourceLocation };

/**
 * Two documents of one identity, or two claims to one former name: which of them is meant is not
 * ours to guess, so all of them are invalid.
 */
export function checkIdentities(
  resources: readonly Resource[],
  broken: readonly BrokenResource[],
): { readonly duplicated: readonly RefKey[]; readonly problems: readonly GraphProblem[] } {
  const documents = new Map<RefKey, SourceLocation[]>();
  for (const { ref, location } of [...resources, ...broken]) {
    if (ref !== null) append(documents, toRefKey(ref), location);
  }
  const repeated = [...documents].filter(([, locations]) => locations.length > 1);
  return {
    duplicated: repeated.map(([key]) => key),
    problems: [
      ...repeated.flatMap(([key, locations]) => toDuplicates(key, locations)),
      ...checkFormerNames(resources, documents),
    ],
  };
}

function toDuplicates(key: RefKey, locations: readonly SourceLocation[]): readonly GraphProblem[] {
  const [first, ...others] = [...locations].sort(compareLocations);
  return others.map((location) => {
    const diagnostic: Diagnostic = {
      code: 'P201',
      severity: 'error',
      message: `${toKeyTitle(key)} is declared twice`,
      location,
      hint: 'remove one of the two, or rename it',
      related: [{ message: 'the other one', location: first as SourceLocation }],
    };
    return { refs: [key], diagnostic };
  });
}

function checkFormerNames(
  resources: readonly Resource[],
  documents: ReadonlyMap<RefKey, readonly SourceLocation[]>,
): readonly GraphProblem[] {
  const claims = new Map<RefKey, Claim[]>();
  for (const resource of resources) {
    for (const [index, name] of resource.formerly.entries()) {
      const location = locateField(resource, `/metadata/formerly/${index}`);
      const claim = { key: toRefKey(resource.ref), location };
      append(claims, toRefKey({ ...resource.ref, name }), claim);
    }
  }
  return [...claims].flatMap(([former, claimants]) => {
    const alive = documents.get(former)?.[0];
    const [first, ...others] = [...claimants].sort((left, right) =>
      compareLocations(left.location, right.location),
    );
    if (alive !== undefined) return claimants.map((claim) => toAlive(former, claim, alive));
    return others.map((claim) => toSecondClaim(former, claim, first as Claim));
  });
}

function toAlive(former: RefKey, claim: Claim, alive: SourceLocation): GraphProblem {
  const diagnostic: Diagnostic = {
    code: 'P201',
    severity: 'error',
    message: `${toKeyTitle(claim.key)} was formerly ${toKeyTitle(former)}, which still exists`,
    location: claim.location,
    hint: 'remove the former name, or the resource that bears it',
    related: [{ message: 'it is declared here', location: alive }],
  };
  return { refs: [claim.key], diagnostic };
}

function toSecondClaim(former: RefKey, claim: Claim, first: Claim): GraphProblem {
  const diagnostic: Diagnostic = {
    code: 'P201',
    severity: 'error',
    message: `two resources were formerly ${toKeyTitle(former)}`,
    location: claim.location,
    hint: 'only one of them can continue it',
    related: [{ message: 'the other one', location: first.location }],
  };
  return { refs: [claim.key, first.key], diagnostic };
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function compareLocations(left: SourceLocation, right: SourceLocation): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}
