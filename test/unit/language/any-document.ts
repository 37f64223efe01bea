export type AnyDocument = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
};

export function toAnyDocument(
  kind: string,
  bearer: string,
  spec: AnyDocument['spec'],
  namespace?: string,
): AnyDocument {
  const given = Object.entries(spec).filter(([, value]) => value !== undefined);
  const room = namespace === undefined ? {} : { namespace };
  const metadata = { name: bearer, ...room, labels: { team: `${bearer}-team` } };
  const apiVersion = 'plumbline.dev/v1alpha1';
  return { apiVersion, kind, metadata, spec: Object.fromEntries(given) };
}
