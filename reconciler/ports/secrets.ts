/** A value that must not reach logs, errors, diffs or Git: it prints as `[secret]` everywhere. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The only way to the value; call it where the value is used and nowhere else. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
}

/** What a resource may say of a secret: where it is, never what it is. */
export type SecretRef = { readonly name: string; readonly key: string };

export interface SecretSource {
  /** Throws P407 when there is none, or when it is readable by others; never echoes a value. */
  resolve(ref: SecretRef): Promise<Secret>;
}
