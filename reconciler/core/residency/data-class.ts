import type { ZoneSpec } from '../spec/generated/zone.generated.ts';

/** How sensitive data is, as a source or a transfer says it. */
export type DeclaredClass = NonNullable<ZoneSpec['transfers']>[number]['upTo'];

/** `unclassified` is what nobody has said anything of: more sensitive than all that can be said. */
export type DataClass = DeclaredClass | 'unclassified';

const RANKS: Readonly<Record<DataClass, number>> = {
  public: 0,
  internal: 1,
  confidential: 2,
  personal: 3,
  'special-category': 4,
  unclassified: 5,
};

/** What is made from both is as sensitive as the more sensitive one. */
export function joinClasses(left: DataClass, right: DataClass): DataClass {
  return RANKS[left] >= RANKS[right] ? left : right;
}

export function isWithin(one: DataClass, limit: DataClass): boolean {
  return RANKS[one] <= RANKS[limit];
}
