import type { IncomingMessage } from 'node:http';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { Answer } from './answer.ts';
import { answerPredict, type PredictDeps } from './predict.ts';
import {
  answerInfer,
  answerLive,
  answerModelMetadata,
  answerModelReady,
  answerReady,
  answerServerMetadata,
  type ProtocolDeps,
} from './protocol.ts';
import type { BodyReader } from './read-body.ts';
import { answerIndex, answerLoad, answerUnload } from './repository.ts';
import { resolvePath, type Target } from './resolve-path.ts';

export type AnswerDeps = ProtocolDeps & PredictDeps & { readonly body: BodyReader };

/** Refuses by throwing; what was asked is known before a body is read. */
export async function answerRequest(
  deps: AnswerDeps,
  request: IncomingMessage,
  isGone: () => boolean,
): Promise<Answer> {
  const target = resolvePath(request.url ?? '');
  if (target === null) throw new CodedError('P701', 'there is nothing under this path');
  const read = toReading(target);
  const allowed = read === null ? ['POST'] : ['GET', 'HEAD'];
  if (!allowed.includes(request.method ?? '')) throw toWrongMethod(allowed);
  if (read !== null) return read(deps);
  return answerPost(deps, target, await deps.body.readJson(request), isGone);
}

/** Null for what is asked by POST. */
function toReading(target: Target): ((deps: AnswerDeps) => Answer) | null {
  if (target.kind === 'live') return answerLive;
  if (target.kind === 'ready') return answerReady;
  if (target.kind === 'server-metadata') return answerServerMetadata;
  if (target.kind === 'model-ready') return (deps) => answerModelReady(deps, target);
  if (target.kind === 'model-metadata') return (deps) => answerModelMetadata(deps, target);
  return null;
}

async function answerPost(
  deps: AnswerDeps,
  target: Target,
  body: unknown,
  isGone: () => boolean,
): Promise<Answer> {
  if (target.kind === 'infer') return answerInfer(deps, target, body, isGone);
  if (target.kind === 'predict') return answerPredict(deps, target.model, body, isGone);
  if (target.kind === 'repository-load') return answerLoad(deps, target.model);
  if (target.kind === 'repository-unload') return answerUnload(deps, target.model);
  return answerIndex(deps, body);
}

function toWrongMethod(allowed: readonly string[]): CodedError {
  const allow = allowed.join(', ');
  return new CodedError('P702', `here only ${allow} is answered`, { details: { allow } });
}
