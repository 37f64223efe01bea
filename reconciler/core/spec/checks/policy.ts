import { findSyntaxFault } from '../../policy/evaluate-cel.ts';
import type { PolicySpec } from '../generated/policy.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt } from './field-check.ts';

export const checkPolicy: FieldCheck<PolicySpec> = ({ variables, validations }) => [
  ...variables.flatMap(({ expression }, index) =>
    checkExpression(`/spec/variables/${index}/expression`, expression),
  ),
  ...validations.flatMap((validation, index) => {
    const pointer = `/spec/validations/${index}`;
    const { expression, message, messageExpression } = validation;
    return [
      ...checkExpression(`${pointer}/expression`, expression),
      ...checkExpression(`${pointer}/messageExpression`, messageExpression),
      ...(message === undefined && messageExpression === undefined ? [toSilent(pointer)] : []),
    ];
  }),
];

function checkExpression(pointer: string, expression: string | undefined): readonly FieldProblem[] {
  const fault = expression === undefined ? null : findSyntaxFault(expression);
  if (fault === null) return [];
  const field = pointer.slice(1).replaceAll('/', '.');
  return [problemAt('P113', pointer, `"${field}" is not CEL: ${fault}`, 'correct the expression')];
}

function toSilent(pointer: string): FieldProblem {
  const message = 'missing field "message" or "messageExpression": a refusal must say why';
  return problemAt('P112', pointer, message, 'say what whoever is refused should do');
}
