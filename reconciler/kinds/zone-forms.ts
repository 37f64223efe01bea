import { CodedError } from '../core/contracts/coded-error.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref, toRefTitle } from '../core/contracts/ref.ts';
import type { Definitions } from '../ports/definitions.ts';
import { toLiveForm } from './kept-states.ts';

/** Forms of other resources of the zone, as they are live: what an effect is made from. */
export type ZoneForms = {
  /** Null when it is not live. */
  readonly find: (kind: string, name: string, namespace?: string) => Promise<NormalForm | null>;
  /** Throws P406 when it is not live, which passes once it is. */
  readonly require: (kind: string, name: string, namespace?: string) => Promise<NormalForm>;
};

export function createZoneForms(definitions: Definitions): ZoneForms {
  const find = async (ref: Ref) => {
    const { read } = await definitions.observe(ref);
    return read.state === 'present' ? toLiveForm(read.value) : null;
  };
  return {
    find: (kind, name, namespace = PLATFORM_NAMESPACE) => find({ kind, namespace, name }),
    require: async (kind, name, namespace = PLATFORM_NAMESPACE) => {
      const ref: Ref = { kind, namespace, name };
      const form = await find(ref);
      if (form !== null) return form;
      const message = `${toRefTitle(ref)} is needed and is not live in this zone`;
      throw new CodedError('P406', message, { remedy: 'retry' });
    },
  };
}
