import type { JsonObject } from '../contracts/json.ts';
import { API_VERSION, type NormalForm } from '../contracts/normal-form.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';
import type { Policy } from './policy.ts';

/** The policies among the resources of a platform repo. */
export function listPolicies(forms: readonly NormalForm[]): readonly Policy[] {
  return forms.filter(({ kind }) => kind === 'Policy').map(toPolicy);
}

/** Absent messages become null, so that the digest of a policy has one form. */
export function toPolicy(form: NormalForm): Policy {
  const { match, params, variables, validations, actions } = toTypedSpec(form, 'Policy');
  return {
    apiVersion: API_VERSION,
    kind: 'Policy',
    metadata: { name: form.metadata.name },
    spec: {
      match,
      params: params as unknown as JsonObject,
      variables: variables.map(({ name, expression }) => ({ name, expression })),
      validations: validations.map(({ expression, message, messageExpression }) => ({
        expression,
        message: message ?? null,
        messageExpression: messageExpression ?? null,
      })),
      actions,
    },
  };
}
