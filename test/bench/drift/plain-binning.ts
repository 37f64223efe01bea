export type PlainEdges = {
  readonly features: number;
  readonly perFeature: number;
  /** Feature by feature. */
  readonly edges: Float64Array;
};

export function toPlainEdges(edges: readonly (readonly number[])[]): PlainEdges {
  const perFeature = edges[0]?.length ?? 0;
  if (edges.some(({ length }) => length !== perFeature)) throw new Error('edges of one length');
  return { features: edges.length, perFeature, edges: Float64Array.from(edges.flat()) };
}

/** Row-major values in cells: each is compared with every edge, so there is nothing to mispredict. */
export function binPlainly(
  { features, perFeature, edges }: PlainEdges,
  values: Float32Array,
): Int32Array {
  const counts = new Int32Array(features * (perFeature + 1));
  for (let at = 0; at < values.length; at += features) {
    for (let feature = 0; feature < features; feature += 1) {
      const value = values[at + feature] as number;
      const first = feature * perFeature;
      let cell = 0;
      for (let edge = 0; edge < perFeature; edge += 1) {
        cell += Number(value >= (edges[first + edge] as number));
      }
      const place = first + feature + cell;
      counts[place] = (counts[place] as number) + 1;
    }
  }
  return counts;
}
