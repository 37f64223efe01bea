import { toPrintable } from './printable.ts';
import { shorten } from './pull-event.ts';
import type { PullCheck, PullComment, PullRequest, PullReview, PullStory } from './pull-request.ts';
import type { FileDiff } from './unified-diff.ts';

/** One line each, in columns. */
export function renderPulls(pulls: readonly PullStory[]): readonly string[] {
  const rows = pulls.map((pull) => [
    String(pull.number).padStart(4),
    pull.state,
    toStanding(pull),
    pull.branch,
    pull.title,
  ]);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    toPrintable(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')),
  );
}

/** What people said of the present head, in one word. */
function toStanding({ reviews }: PullStory): string {
  const fresh = reviews.filter(({ isStale }) => !isStale);
  if (fresh.some(({ verdict }) => verdict === 'request-changes')) return 'changes-requested';
  const approvals = fresh.filter(({ verdict }) => verdict === 'approve');
  if (approvals.some(({ isSelf }) => !isSelf)) return 'approved';
  return approvals.length > 0 ? 'self' : '-';
}

export function renderPull(pull: PullRequest): string {
  const lines = [
    `pull request ${pull.number}  ${pull.title}`,
    `state    ${toState(pull)}`,
    `branch   ${pull.branch} at ${shorten(pull.head)}, from main at ${shorten(pull.base)}`,
    `opened   ${pull.openedAt} by ${pull.author}`,
    `authors  ${pull.authors.join(', ')}`,
    ...toWarnings(pull),
    ...toSection('', pull.body === '' ? [] : indent(pull.body)),
    ...toSection('checks', pull.checks.filter(({ head }) => head === pull.head).flatMap(toCheck)),
    ...toSection('reviews', pull.reviews.flatMap(toReview)),
    ...toSection('comments', pull.comments.flatMap(toComment)),
  ];
  return `${toPrintable(lines.join('\n'))}\n`;
}

function toState({ state, merged, closed }: PullRequest): string {
  if (merged !== null) {
    return `merged as ${shorten(merged.commit)} (${merged.method}) by ${merged.by}, ${merged.at}`;
  }
  if (closed === null) return state;
  const reason = closed.reason === '' ? '' : `: ${closed.reason}`;
  return `closed by ${closed.by}, ${closed.at}${reason}`;
}

function toWarnings({ conflicts, isBehind }: PullRequest): readonly string[] {
  if (conflicts.length > 0) {
    return [`conflict ${conflicts.join(', ')}: merge main into the branch first`];
  }
  return isBehind ? ['behind   main went on; nothing of it is in the way'] : [];
}

function toSection(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return title === '' ? ['', ...lines] : ['', title, ...lines];
}

function indent(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd());
}

function toCheck({ name, state, summary, by }: PullCheck): readonly string[] {
  return [`  ${name}: ${state} (${by})`, ...indent(summary).map((line) => `  ${line}`)];
}

function toReview({ by, verdict, head, at, isSelf, isStale, body }: PullReview): readonly string[] {
  const words = verdict === 'approve' ? 'approved' : 'asked for changes at';
  const notes = [isSelf ? 'had a part in it' : '', isStale ? 'the head moved since' : ''];
  const said = notes.filter((note) => note !== '').join(', ');
  const line = `  ${by} ${words} ${shorten(head)}, ${at}${said === '' ? '' : ` (${said})`}`;
  return body === '' ? [line] : [line, ...indent(body).map((text) => `  ${text}`)];
}

function toComment({ by, at, editedAt, body }: PullComment): readonly string[] {
  const edited = editedAt === null ? '' : `, edited ${editedAt}`;
  return [`  ${by}, ${at}${edited}`, ...indent(body).map((line) => `  ${line}`)];
}

/** A line per file, then the changes themselves. */
export function renderDiff(files: readonly FileDiff[], isComplete: boolean): string {
  const width = Math.max(0, ...files.map(({ path }) => path.length));
  const lines = files.map(({ path, change, lines }) => {
    const counts = lines === null ? 'not shown as text' : `+${lines.added} -${lines.removed}`;
    return ` ${toPrintable(path).padEnd(width)}  ${counts}${change === 'changed' ? '' : `  ${change}`}`;
  });
  const rest = isComplete ? [] : [' … and more than is shown here; git diff shows all of it'];
  const patches = files.map(({ patch }) => toPrintable(patch)).filter((patch) => patch !== '');
  const changes = patches.length === 0 ? '' : `\n${patches.join('')}`;
  return `${[...lines, ...rest].join('\n')}\n${changes}`;
}
