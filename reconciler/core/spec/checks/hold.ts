import type { HoldSpec } from '../generated/hold.generated.ts';
import { type FieldCheck, problemAt } from './field-check.ts';
import { checkInstant } from './instant.ts';

export const checkHold: FieldCheck<HoldSpec> = ({ from, until }) => {
  const moments = [
    ...(from === undefined ? [] : checkInstant('/spec/from', from)),
    ...checkInstant('/spec/until', until),
  ];
  // Texts of one form, so that their order is that of the moments.
  if (moments.length > 0 || from === undefined || from < until) return moments;
  const message = `the hold ends at ${until}, which is not after it begins at ${from}`;
  return [problemAt('P207', '/spec/until', message, 'write a later moment')];
};
