import { createHash } from 'node:crypto';
import { toRefTitle } from '../../core/contracts/ref.ts';
import type { Diagnostic } from '../../core/spec/diagnostic.ts';
import { foldDiagnostics } from '../../core/spec/fold-diagnostics.ts';
import { NOTHING_RECENT, type RecentStory } from '../../core/status/recent-story.ts';
import type { ResourceStatus, ZoneStatus } from '../../core/status/zone-status.ts';
import { renderDrift } from './drift-section.ts';
import { escapeHtml } from './escape-html.ts';
import { renderPulls, renderRecords, renderTraffic } from './recent-sections.ts';
import { STATUS_PAGE_STYLE } from './status-page-style.ts';
import { judgeCondition, judgeResource, judgeZone, type Tone, toneOf } from './status-tone.ts';

/** A page is for people: whoever wants all of it asks for the JSON, and is told so. */
const MAX_RESOURCES = 500;
const MAX_DIAGNOSTICS = 50;

/** The page's policy names this digest, so that no other style can get in. */
export const STYLE_DIGEST = `sha256-${createHash('sha256').update(STATUS_PAGE_STYLE).digest('base64')}`;

const ICON =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E' +
  '%3Cpath d=%22M7.5 0h1v8h-1zM5 8h6l-3 8z%22 fill=%22%23b45309%22/%3E%3C/svg%3E';

/** One whole page. Every text in it came from a repo or a failure, and is escaped where it stands. */
export function renderStatusPage(
  zones: readonly ZoneStatus[],
  recent: RecentStory = NOTHING_RECENT,
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(toTitle(zones))}</title>
<link rel="icon" href="${ICON}">
<style>${STATUS_PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>Plumbline</h1>
<p>${escapeHtml(summarise(zones))}</p>
</header>
<main>
${renderPulls(recent)}
${zones.map((zone, index) => renderZone(zone, index, recent)).join('\n')}
</main>
<footer>
<p>This is how it was when you asked; reload to ask again.
As JSON: <a href="/api/v1/status">status</a>, <a href="/api/v1/recent">recent</a>, <a href="/readyz">readiness</a>,
<a href="/healthz">health</a>.</p>
</footer>
</body>
</html>
`;
}

function countTroubled(zones: readonly ZoneStatus[]): number {
  return zones.filter((zone) => toneOf(judgeZone(zone)) === 'bad').length;
}

function toTitle(zones: readonly ZoneStatus[]): string {
  const troubled = countTroubled(zones);
  return troubled === 0 ? 'Plumbline' : `(${troubled}) Plumbline`;
}

function summarise(zones: readonly ZoneStatus[]): string {
  if (zones.length === 0) return 'No zone is open yet.';
  const count = zones.length === 1 ? 'One zone' : `${zones.length} zones`;
  const troubled = countTroubled(zones);
  if (troubled > 0) return `${count}; ${troubled} ${troubled === 1 ? 'needs' : 'need'} attention.`;
  if (!zones.every((zone) => zone.isConverged)) return `${count}. Work is in progress.`;
  if (zones.some(hasMistakes))
    return `${count}. Parts of main are not followed: they have mistakes.`;
  return `${count}. All is as Git says.`;
}

function hasMistakes({ source }: ZoneStatus): boolean {
  return source.diagnostics.some(({ severity }) => severity === 'error');
}

function renderZone(zone: ZoneStatus, index: number, recent: RecentStory): string {
  const id = `zone-${index}`;
  return `<section aria-labelledby="${id}">
<div class="head"><h2 id="${id}"><span>Zone</span> ${escapeHtml(zone.zone)}</h2>
<p>${judgeZone(zone)
    .map(({ tone, text }) => renderBadge(tone, text))
    .join(' ')}</p></div>
${renderFacts(zone)}
${renderDiagnostics(zone.source.diagnostics)}
${renderTraffic(recent.traffic[zone.zone], id)}
${renderDrift(zone.resources, id)}
${renderResources(zone, id)}
${renderRecords(recent.records[zone.zone], id)}
</section>`;
}

function renderFacts({ source, epoch, trouble }: ZoneStatus): string {
  const facts: readonly (readonly [name: string, html: string])[] = [
    ['Revision in force', source.revision === null ? 'none yet' : renderCode(source.revision)],
    ...(epoch === null ? [] : [['Term of leadership', String(epoch)] as const]),
    ...(source.held === null
      ? []
      : [['Newer revision held back', escapeHtml(source.held)] as const]),
    ...(trouble === null ? [] : [['Last trouble', escapeHtml(trouble)] as const]),
  ];
  const rows = facts.map(([name, html]) => `<div><dt>${name}</dt><dd>${html}</dd></div>`);
  return `<dl>${rows.join('\n')}</dl>`;
}

function renderDiagnostics(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return '';
  const folded = foldDiagnostics(diagnostics);
  const items = folded.slice(0, MAX_DIAGNOSTICS).map(renderDiagnostic);
  return `<h3>In the platform repo</h3>
<ul class="diagnostics">
${items.join('\n')}
</ul>${renderRest(folded.length - items.length, 'diagnostics')}`;
}

function renderDiagnostic({ code, severity, message, location, hint }: Diagnostic): string {
  const { path, line, column } = location;
  const advice = hint === undefined ? '' : ` <span class="quiet">${escapeHtml(hint)}</span>`;
  return `<li>${renderBadge(severity === 'error' ? 'bad' : 'warn', `${severity} ${code}`)}
${renderCode(`${path}:${line}:${column}`)} ${escapeHtml(message)}${advice}</li>`;
}

function renderResources(zone: ZoneStatus, id: string): string {
  if (zone.resources.length === 0) return '<p class="quiet">No resources yet.</p>';
  const sorted = [...zone.resources].sort((a, b) => judgeResource(a) - judgeResource(b));
  const rows = sorted.slice(0, MAX_RESOURCES).map(renderResource);
  return `<div class="scroll" role="region" aria-labelledby="${id}-resources" tabindex="0">
<table>
<caption id="${id}-resources">Resources (${zone.resources.length})</caption>
<thead><tr><th scope="col">Resource</th><th scope="col">Condition</th><th scope="col">Why</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>${renderRest(sorted.length - rows.length, 'resources')}`;
}

function renderResource({ ref, conditions }: ResourceStatus): string {
  const badges = conditions.map((condition) => {
    const { tone, text } = judgeCondition(condition);
    return renderBadge(tone, text);
  });
  const reasons = conditions.map(
    ({ reason, message }) =>
      `<span class="quiet">${escapeHtml(reason)}</span> ${escapeHtml(message)}`,
  );
  return `<tr><th scope="row">${escapeHtml(toRefTitle(ref))}</th>\
<td>${badges.join('<br>')}</td><td>${reasons.join('<br>')}</td></tr>`;
}

function renderRest(count: number, what: string): string {
  if (count <= 0) return '';
  return `<p class="quiet">And ${count} more ${what}: see the JSON below.</p>`;
}

const GLYPHS: Readonly<Record<Tone, string>> = {
  good: '✓',
  busy: '…',
  warn: '!',
  bad: '✕',
  calm: '·',
};

/** The word says it; glyph and colour only help the eye. */
function renderBadge(tone: Tone, text: string): string {
  return `<span class="badge ${tone}"><span aria-hidden="true">${GLYPHS[tone]}</span> ${escapeHtml(text)}</span>`;
}

function renderCode(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}
