import type { Comment } from '../module.ts';
import { isGenerated, type Rule } from '../tree.ts';

/** A rule may be switched off in one place by somebody who says why. */
export const suppressions: Rule = {
  name: 'suppressions',
  check: (tree) =>
    tree.modules
      .filter((module) => !isGenerated(module.path))
      .flatMap((module) =>
        module.comments.flatMap((comment) => {
          const message = judge(comment);
          return message === null ? [] : [{ path: module.path, line: comment.line, message }];
        }),
      ),
};

/** Spelled in halves, so that the comments of this file are not taken for suppressions. */
const at = (name: string): string => `@ts-${name}`;

const REASON_LENGTH_MIN = 12;

function judge({ text }: Comment): string | null {
  const content = text.trim();
  if (content.startsWith(at('ignore')) || content.startsWith(at('nocheck'))) {
    return `use \`${at('expect-error')}\` with a reason: it complains when it is no longer needed`;
  }
  if (/^(eslint-|prettier-|oxlint-|v8 ignore|c8 ignore|istanbul )/.test(content)) {
    return 'no such tool here: remove it';
  }
  const directive = /^(biome-ignore\S*|@ts-expect-error)(.*)$/s.exec(content);
  if (directive === null) return null;
  const [, name = '', rest = ''] = directive;
  const reason = name.startsWith('biome') ? rest.slice(rest.indexOf(':') + 1) : rest;
  const hasReason =
    (!name.startsWith('biome') || rest.includes(':')) && reason.trim().length >= REASON_LENGTH_MIN;
  return hasReason ? null : `${name} needs a reason of a few words`;
}
