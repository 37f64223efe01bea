import { describe, expect, it } from 'vitest';
import { renderDrift } from '../../../../reconciler/servers/api/drift-section.ts';

const toMonitor = (reason: string, message: string, kind = 'Monitor') => ({
  ref: { kind, namespace: 'payments', name: 'fraud' },
  conditions: [{ type: 'Ready', status: 'True', reason, message } as const],
});

describe('the drift of a zone', () => {
  it('is not there when nothing watches', () => {
    expect(renderDrift([toMonitor('Converged', 'it is so', 'Target')], 'zone-0')).toBe('');
  });

  it.each([
    ['Watching', 'as learnt'],
    ['Drifting', 'drifting'],
    ['AwaitingTraffic', 'not known yet'],
    ['InsufficientData', 'too few rows to tell'],
    ['DataBroken', 'data is broken'],
    ['WaitingForDependency', 'not watched: WaitingForDependency'],
  ])('says of %s that live data is %s', (reason, words) => {
    const html = renderDrift([toMonitor(reason, 'the effect of amount is 2.9 nats')], 'zone-0');
    expect(html).toContain(`<th scope="row">payments/fraud</th><td>${words}</td>`);
    expect(html).toContain('<td>the effect of amount is 2.9 nats</td>');
  });

  it('keeps texts of others in their place', () => {
    const html = renderDrift([toMonitor('<script>', '<script>"&\'')], 'zone-0');
    expect(html).not.toContain('<script>');
  });
});
