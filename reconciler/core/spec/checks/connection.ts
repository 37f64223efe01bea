import type { ConnectionSpec } from '../generated/connection.generated.ts';
import { type FieldCheck, problemAt, refusedAt } from './field-check.ts';
import { checkInstant } from './instant.ts';

export const checkConnection: FieldCheck<ConnectionSpec> = ({ type, synthetic }) => {
  if (type === 'synthetic' && synthetic === undefined) {
    const message = 'missing field "synthetic" in "spec", which the type "synthetic" needs';
    return [problemAt('P112', '/spec', message, 'say what is to be made up')];
  }
  if (type !== 'synthetic' && synthetic !== undefined) {
    const message = `"spec.synthetic" means nothing beside the type "${type}"`;
    return [refusedAt('/spec/synthetic', message, 'remove the field, or write type: synthetic')];
  }
  return synthetic === undefined ? [] : checkInstant('/spec/synthetic/asOf', synthetic.asOf);
};
