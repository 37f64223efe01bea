import type { parse } from '@bufbuild/cel';

type Expression = ReturnType<typeof parse>['expr'];

/** Names that the language itself defines: types, as in `type(x) == double`. */
const TYPE_NAMES: ReadonlySet<string> = new Set([
  ...['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'],
  'google',
]);

/**
 * The variables that an expression uses. The engine takes an unknown one inside `has()` for
 * absent, so that `!has(objct.spec.risky)` would allow everything: a misspelt name must be an
 * error wherever it stands.
 */
export function listFreeNames(expression: Expression): readonly string[] {
  const names = new Set<string>();
  visit(expression, new Set(), names);
  return [...names].sort();
}

/** The depth is bounded by the number of an expression's parts. */
function visit(
  expression: Expression | undefined,
  bound: ReadonlySet<string>,
  names: Set<string>,
): void {
  const kind = expression?.exprKind;
  switch (kind?.case) {
    case 'identExpr':
      if (!bound.has(kind.value.name) && !TYPE_NAMES.has(kind.value.name)) {
        names.add(kind.value.name);
      }
      return;
    case 'selectExpr':
      visit(kind.value.operand, bound, names);
      return;
    case 'callExpr':
      visit(kind.value.target, bound, names);
      for (const argument of kind.value.args) visit(argument, bound, names);
      return;
    case 'listExpr':
      for (const element of kind.value.elements) visit(element, bound, names);
      return;
    case 'structExpr':
      for (const { keyKind, value } of kind.value.entries) {
        if (keyKind.case === 'mapKey') visit(keyKind.value, bound, names);
        visit(value, bound, names);
      }
      return;
    case 'comprehensionExpr':
      visitComprehension(kind.value, bound, names);
      return;
    default:
      return;
  }
}

type Comprehension = Extract<
  Expression['exprKind'],
  { readonly case: 'comprehensionExpr' }
>['value'];

function visitComprehension(
  { iterRange, accuInit, loopCondition, loopStep, result, ...loop }: Comprehension,
  bound: ReadonlySet<string>,
  names: Set<string>,
): void {
  visit(iterRange, bound, names);
  visit(accuInit, bound, names);
  const inner = new Set([...bound, loop.iterVar, loop.iterVar2, loop.accuVar]);
  for (const part of [loopCondition, loopStep, result]) visit(part, inner, names);
}
