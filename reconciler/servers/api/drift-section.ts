import { toResourcePath } from '../../core/contracts/ref.ts';
import type { Condition } from '../../core/status/condition.ts';
import type { ResourceStatus } from '../../core/status/zone-status.ts';
import { escapeHtml } from './escape-html.ts';

/** What a monitor says, in the words of somebody who has not read its documentation. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['Watching', 'as learnt'],
  ['Drifting', 'drifting'],
  ['AwaitingTraffic', 'not known yet'],
  ['InsufficientData', 'too few rows to tell'],
  ['DataBroken', 'data is broken'],
]);

/** Whether what is asked still is what versions have learnt; empty where nothing watches. */
export function renderDrift(resources: readonly ResourceStatus[], id: string): string {
  const monitors = resources.filter(({ ref }) => ref.kind === 'Monitor');
  if (monitors.length === 0) return '';
  return `<div class="scroll" role="region" aria-labelledby="${id}-drift" tabindex="0">
<table>
<caption id="${id}-drift">Drift</caption>
<thead><tr><th scope="col">Monitor</th><th scope="col">Live data</th><th scope="col">Why</th></tr></thead>
<tbody>
${monitors.map(renderMonitor).join('\n')}
</tbody>
</table>
</div>`;
}

function renderMonitor({ ref, conditions }: ResourceStatus): string {
  const said = conditions.map((condition) => escapeHtml(toWords(condition)));
  const reasons = conditions.map(({ message }) => escapeHtml(message));
  return `<tr><th scope="row">${escapeHtml(toResourcePath(ref))}</th>\
<td>${said.join('<br>')}</td><td>${reasons.join('<br>')}</td></tr>`;
}

/** One that does not watch, because it is held up or fails, says that by its own reason. */
function toWords({ reason }: Condition): string {
  return WORDS.get(reason) ?? `not watched: ${reason}`;
}
