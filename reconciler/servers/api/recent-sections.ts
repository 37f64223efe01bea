import { toShortDigest } from '../../core/contracts/digest.ts';
import type {
  RecentPull,
  RecentRecord,
  RecentStory,
  TrafficSplit,
} from '../../core/status/recent-story.ts';
import { escapeHtml } from './escape-html.ts';

/** What waits for people; empty when nothing does and everything could be read. */
export function renderPulls({ pulls, unread }: RecentStory): string {
  const notes = unread.map((text) => `<p class="quiet">${escapeHtml(text)}</p>`).join('\n');
  if (pulls.length === 0) return notes;
  return `<section aria-labelledby="pulls">
<div class="head"><h2 id="pulls">Waiting for people</h2></div>
${notes}
<div class="scroll" role="region" aria-labelledby="pulls-open" tabindex="0">
<table>
<caption id="pulls-open">Open pull requests (${pulls.length})</caption>
<thead><tr><th scope="col">Pull request</th><th scope="col">Checks and reviews</th><th scope="col">To look at it</th></tr></thead>
<tbody>
${pulls.map(renderPull).join('\n')}
</tbody>
</table>
</div>
</section>`;
}

function renderPull(pull: RecentPull): string {
  const { number, title, author } = pull;
  return `<tr><th scope="row">${number} ${escapeHtml(title)}<br>\
<span class="quiet">by ${escapeHtml(author)}</span></th>\
<td>${listStandings(pull).map(escapeHtml).join('<br>')}</td>\
<td><code>plumb pr show ${number}</code></td></tr>`;
}

function listStandings({ checks, reviews }: RecentPull): readonly string[] {
  const said = reviews.map(({ by, verdict, isSelf }) => {
    const words = verdict === 'approve' ? 'approved' : 'asks for changes';
    return `${by} ${words}${isSelf ? ' (had a part in it)' : ''}`;
  });
  const lines = [...checks.map(({ name, state }) => `${name}: ${state}`), ...said];
  return lines.length === 0 ? ['nothing yet'] : lines;
}

/** Who answers in a zone. The figure says it; the bar only helps the eye. */
export function renderTraffic(traffic: readonly TrafficSplit[] | undefined, id: string): string {
  if (traffic === undefined || traffic.length === 0) return '';
  const rows = traffic.map(
    ({ endpoint, versions }) =>
      `<tr><th scope="row">${escapeHtml(endpoint)}</th><td>${versions.map(renderShare).join('')}</td></tr>`,
  );
  return `<div class="scroll" role="region" aria-labelledby="${id}-traffic" tabindex="0">
<table>
<caption id="${id}-traffic">Traffic</caption>
<thead><tr><th scope="col">Endpoint</th><th scope="col">Versions that answer</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>`;
}

/** No style may stand in the page itself, so that the bar is an element that knows its length. */
function renderShare({ version, percent }: TrafficSplit['versions'][number]): string {
  const share = Math.min(100, Math.max(0, percent));
  return `<div class="share"><meter min="0" max="100" value="${share}" aria-hidden="true"></meter> \
${share} % <code>${escapeHtml(toShortDigest(version))}</code></div>`;
}

/** What was done last in a zone. */
export function renderRecords(records: readonly RecentRecord[] | undefined, id: string): string {
  if (records === undefined || records.length === 0) return '';
  const rows = records.map(
    ({ seq, at, title, outcome }) =>
      `<tr><th scope="row">${seq}</th><td>${escapeHtml(toMinute(at))}</td>\
<td>${escapeHtml(title)}${outcome === 'succeeded' ? '' : ` (${escapeHtml(outcome)})`}</td></tr>`,
  );
  return `<div class="scroll" role="region" aria-labelledby="${id}-records" tabindex="0">
<table>
<caption id="${id}-records">Last records of the ledger</caption>
<thead><tr><th scope="col">Number</th><th scope="col">When</th><th scope="col">What</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>`;
}

/** Seconds tell nobody anything here; the JSON has them. */
function toMinute(at: string): string {
  return at.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2 UTC');
}
