import { type NormalForm, toNormalForm } from '../../reconciler/core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE } from '../../reconciler/core/contracts/ref.ts';
import { describeReceiver, type ReceiverSubject } from './receiver.contract.ts';

/** Definitions are a receiver and no more: what they hold is any form, kept as it was given. */
export function describeDefinitions(subject: Omit<ReceiverSubject, 'makeTarget'>): void {
  describeReceiver({ ...subject, makeTarget });
}

function makeTarget(name: string, variant: number): NormalForm {
  const ref = { kind: 'Environment', namespace: PLATFORM_NAMESPACE, name };
  // Text and numbers that a database could easily alter on the way.
  return toNormalForm(ref, {
    zone: 'ae',
    variant,
    text: `λ "quoted" \\ \u0000 ${variant}`,
    numbers: [0.1, 1e21, -5, 1e-7, 9007199254740991],
    nested: { empty: {}, list: [], nothing: null },
  });
}
