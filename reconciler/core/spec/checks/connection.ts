import { MAX_CUSTOMER_DAYS } from '../../contracts/synthetic-bounds.ts';
import type { ConnectionSpec } from '../generated/connection.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt, refusedAt } from './field-check.ts';
import { checkInstant } from './instant.ts';

type Synthetic = NonNullable<ConnectionSpec['synthetic']>;

export const checkConnection: FieldCheck<ConnectionSpec> = ({ type, synthetic }) => {
  if (type === 'synthetic' && synthetic === undefined) {
    const message = 'missing field "synthetic" in "spec", which the type "synthetic" needs';
    return [problemAt('P112', '/spec', message, 'say what is to be made up')];
  }
  if (type !== 'synthetic' && synthetic !== undefined) {
    const message = `"spec.synthetic" means nothing beside the type "${type}"`;
    return [refusedAt('/spec/synthetic', message, 'remove the field, or write type: synthetic')];
  }
  if (synthetic === undefined) return [];
  return [...checkInstant('/spec/synthetic/asOf', synthetic.asOf), ...checkAmount(synthetic)];
};

function checkAmount({ days, customers }: Synthetic): readonly FieldProblem[] {
  if (days * customers <= MAX_CUSTOMER_DAYS) return [];
  const message = `${customers} customers over ${days} days are more than the ${MAX_CUSTOMER_DAYS} customer days that can be made up`;
  const fitting = Math.floor(MAX_CUSTOMER_DAYS / days);
  const hint = `with ${days} days at most ${fitting} customers, or fewer days`;
  return [problemAt('P207', '/spec/synthetic/customers', message, hint)];
}
