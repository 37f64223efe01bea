import type { JsonObject } from '../contracts/json.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { Ref } from '../contracts/ref.ts';
import type { SourceLocation } from './diagnostic.ts';

/** One valid YAML document of the platform repo. */
export type Resource = {
  readonly ref: Ref;
  readonly labels: Readonly<Record<string, string>>;
  readonly formerly: readonly string[];
  /** The spec with the schema's defaults filled in. */
  readonly spec: JsonObject;
  readonly form: NormalForm;
  readonly location: SourceLocation;
  /** Line and column of fields by JSON pointer (`/spec/zone`), for diagnostics found after parsing. */
  readonly positions: Readonly<Record<string, readonly [line: number, column: number]>>;
};
