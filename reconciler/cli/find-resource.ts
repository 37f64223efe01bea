import { CodedError } from '../core/contracts/coded-error.ts';
import { PLATFORM_NAMESPACE, type Ref, toResourcePath } from '../core/contracts/ref.ts';
import type { RevisionJudgement } from '../core/spec/judge-revision.ts';
import { toNotFound } from './not-found.ts';
import { badUsage } from './parse-options.ts';

/** `endpoint/payments/fraud`, `zone/ae`, or `endpoint/fraud` where one namespace has it. */
export function findResource(command: string, judgement: RevisionJudgement, text: string): Ref {
  const [kind = '', ...rest] = text.split('/');
  const name = rest.at(-1);
  if (!name || rest.length > 2) {
    throw badUsage(command, `name a resource as KIND/NAMESPACE/NAME or KIND/NAME, not ${text}`);
  }
  const refs = [...judgement.valid, ...judgement.heldBack].map(({ ref }) => ref);
  const ofKind = refs.filter((ref) => ref.kind.toLowerCase() === kind.toLowerCase());
  if (ofKind.length === 0) throw toNoKind(kind, refs);
  const namespace = rest.length === 2 ? rest[0] : null;
  const found = ofKind.filter(
    (ref) => ref.name === name && (namespace === null || ref.namespace === namespace),
  );
  const [first, second] = found;
  if (first === undefined) throw toNoResource(ofKind, rest.join('/'));
  if (second === undefined) return first;
  const paths = found.map(toResourcePath).join(', ');
  throw badUsage(command, `${text} may be any of ${paths}: name its namespace`);
}

function toNoKind(kind: string, refs: readonly Ref[]): CodedError {
  const kinds = [...new Set(refs.map((ref) => ref.kind))].sort().join(', ');
  return new CodedError('P601', `there is nothing of the kind ${kind} here; kinds here: ${kinds}`);
}

function toNoResource(ofKind: readonly Ref[], wanted: string): CodedError {
  const names = ofKind.map((ref) =>
    ref.namespace === PLATFORM_NAMESPACE ? ref.name : toResourcePath(ref),
  );
  return toNotFound('P601', (ofKind[0] as Ref).kind, wanted, names);
}
