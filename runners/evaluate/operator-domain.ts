import { refuse } from './refuse.ts';

const DOMAINS: ReadonlyMap<string, string> = new Map([
  ['', 'ai.onnx'],
  ['ai.onnx', 'ai.onnx'],
  ['ai.onnx.ml', 'ai.onnx.ml'],
]);

/** By its full name, which files leave out for the standard one. Throws P804 for any other. */
export function requireDomain(name: string): string {
  const known = DOMAINS.get(name);
  if (known !== undefined) return known;
  const shown = JSON.stringify(name).slice(0, 80);
  throw refuse(`model.onnx uses the operators of ${shown}: only ai.onnx and ai.onnx.ml run here`);
}
