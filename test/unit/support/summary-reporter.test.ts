import { describe, expect, it } from 'vitest';
import { formatCounts } from '../../support/summary-reporter.ts';

describe('the closing line of a test run', () => {
  it('names what was skipped only when something was', () => {
    expect(formatCounts({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
    expect(formatCounts({ passed: 0, failed: 3, skipped: 2 })).toBe(
      '0 passed, 3 failed, 2 skipped',
    );
  });
});
