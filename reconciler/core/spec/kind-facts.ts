/** In which form something goes from one resource to another. */
export type DataForm = 'rows' | 'models' | 'evidence';

/** What the language knows of one kind; generated from its schema. */
export type KindFacts = {
  readonly kind: string;
  readonly scope: 'platform' | 'namespace';
  /**
   * Where resources of the kind live: in every zone, in the zone they are, in `spec.zone`, or
   * where what they name lives.
   */
  readonly zone: 'all' | 'self' | 'spec.zone' | 'derived';
  /** Whether an invalid resource of this kind holds back the whole repo. */
  readonly freezes: boolean;
  readonly reservedNames: readonly string[];
  readonly references: readonly ReferenceFact[];
  /** Lists whose order means nothing: the normal form sorts them, by a field or as texts. */
  readonly unordered: readonly { readonly steps: Steps; readonly by: string | null }[];
  /** Lists whose order means something, and whose items differ in a field. */
  readonly uniqueBy: readonly { readonly steps: Steps; readonly by: string }[];
  /** Fields that say the same as their neighbour when they are left out. */
  readonly defaultsFrom: readonly { readonly steps: Steps; readonly from: string }[];
  /** Fields that the normal form leaves out. */
  readonly withoutEffect: readonly Steps[];
  readonly schema: MessageSchema;
  readonly validate: Validate;
};

/** The way from the root of a document to a field; `*` is any item of a list. */
export type Steps = readonly string[];

/** A field that names another resource. */
export type ReferenceFact = {
  readonly steps: Steps;
  readonly kind: string;
  /** Whether both must stand in the same zone. */
  readonly sameZone: boolean;
  /** Whether the resource stands where the named one does. */
  readonly places: boolean;
  /** What comes to the resource from the named one; null when nothing does. */
  readonly flow: DataForm | null;
  /** What goes from the resource to the named one. */
  readonly outflow: DataForm | null;
};

/** The part of JSON Schema that messages and hints are made from. */
export type MessageSchema = {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, MessageSchema>>;
  readonly items?: MessageSchema;
  readonly additionalProperties?: boolean | MessageSchema;
  readonly propertyNames?: MessageSchema;
  readonly 'x-name'?: boolean;
};

export type ValidationError = {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Set when a property's name is wrong, not its value. */
  readonly propertyName?: string;
};

/** Fills in defaults as it goes, so the value given to it is changed. */
export interface Validate {
  (value: unknown): boolean;
  errors?: readonly ValidationError[] | null;
}
