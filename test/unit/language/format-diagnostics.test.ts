import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../reconciler/core/spec/diagnostic.ts';
import { formatDiagnostics } from '../../../reconciler/core/spec/format-diagnostics.ts';

const ERROR: Diagnostic = {
  code: 'P113',
  severity: 'error',
  message: '"spec.zone" must be a text, but it is 4',
  location: { path: 'targets/a.yaml', line: 2, column: 9 },
  hint: 'The zone.',
  related: [{ message: 'the other one', location: { path: 'b.yaml', line: 1, column: 1 } }],
};

const SOURCE = 'spec:\n  zone: 4\n';

describe('diagnostics as text', () => {
  it('show place, code, line with a caret, hint and related places', () => {
    const sources = new Map([['targets/a.yaml', SOURCE]]);
    expect(formatDiagnostics({ diagnostics: [ERROR], sources }, 'text')).toBe(
      [
        'targets/a.yaml:2:9: error P113: "spec.zone" must be a text, but it is 4',
        '  2 |   zone: 4',
        '    |         ^',
        '  hint: The zone.',
        '  see b.yaml:1:1: the other one',
        '',
      ].join('\n'),
    );
  });

  it('go without the line when the text is not known, or ends before it', () => {
    for (const sources of [new Map(), new Map([['targets/a.yaml', 'x']])]) {
      const text = formatDiagnostics({ diagnostics: [ERROR], sources }, 'text');
      expect(text.split('\n')[1]).toBe('  hint: The zone.');
    }
  });

  it('keep the caret under its character in long lines and behind escapes', () => {
    const line = `${'a'.repeat(500)}\t\u0007X${'b'.repeat(500)}`;
    const location = { path: 'p', line: 1, column: 503 };
    const text = formatDiagnostics(
      { diagnostics: [{ ...ERROR, location }], sources: new Map([['p', line]]) },
      'text',
    );
    const [, shown = '', caret = ''] = text.split('\n');
    expect(shown[caret.indexOf('^')]).toBe('X');
    expect(shown.length).toBeLessThan(130);
    expect(shown).not.toMatch(/\p{Cc}/u);
  });

  it('say how many were left out, and nothing when there are none', () => {
    expect(formatDiagnostics({ diagnostics: [], omittedDiagnostics: 7 }, 'text')).toBe(
      'and 7 more\n',
    );
    expect(formatDiagnostics({ diagnostics: [] }, 'text')).toBe('');
    expect(formatDiagnostics({ diagnostics: [] }, 'github')).toBe('');
  });

  const toHeld = (what: string, by = 'model payments/fraud'): Diagnostic => ({
    code: 'P205',
    severity: 'warning',
    message: `${what} is held back: it depends on ${by}, which is invalid`,
    location: { path: `${what}.yaml`, line: 1, column: 1 },
    heldBack: { what, by, at: { path: 'models/fraud.yaml', line: 1, column: 1 } },
  });

  it('begin with what is to be mended, and fold what one mistake holds back', () => {
    const diagnostics = [toHeld('a'), toHeld('b'), toHeld('x', 'target desk'), ERROR, toHeld('c')];
    const text = formatDiagnostics({ diagnostics }, 'text');
    expect(text.split('\n').filter((line) => /: (error|warning) /.test(line))).toEqual([
      'targets/a.yaml:2:9: error P113: "spec.zone" must be a text, but it is 4',
      'models/fraud.yaml:1:1: warning P205: model payments/fraud, which is invalid, holds back 3: a, b, c',
      'x.yaml:1:1: warning P205: x is held back: it depends on target desk, which is invalid',
    ]);
    expect(JSON.parse(formatDiagnostics({ diagnostics }, 'json')).diagnostics).toEqual(diagnostics);
  });

  it('name some of many that one mistake holds back', () => {
    const diagnostics = Array.from({ length: 20 }, (_, at) => toHeld(`r${at}`));
    const text = formatDiagnostics({ diagnostics }, 'text');
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('holds back 20: r0, r1, r2, r3, r4, r5, r6, r7 and 12 more');
  });

  it('let no file name forge a line', () => {
    const location = { ...ERROR.location, path: 'a\n::error::x\u001b[2J' };
    const diagnostics = [{ ...ERROR, location }];
    const text = formatDiagnostics({ diagnostics }, 'text');
    expect(text).toContain('a\\u000a::error::x\\u001b[2J:2:9: error');
    expect(formatDiagnostics({ diagnostics }, 'github').split('\n')).toHaveLength(2);
  });
});

describe('diagnostics for programs', () => {
  it('are JSON that holds all of them', () => {
    const json = formatDiagnostics({ diagnostics: [ERROR] }, 'json');
    expect(JSON.parse(json)).toEqual({ diagnostics: [ERROR], omittedDiagnostics: 0 });
  });

  it('are annotations that GitHub reads', () => {
    const tricky: Diagnostic = {
      code: 'P205',
      severity: 'warning',
      message: '100 % of a\r\nb',
      location: { path: 'a,b:c.yaml', line: 3, column: 4 },
    };
    expect(formatDiagnostics({ diagnostics: [ERROR, tricky] }, 'github')).toBe(
      [
        '::error file=targets/a.yaml,line=2,col=9,title=P113::"spec.zone" must be a text, but it is 4%0AThe zone.',
        '::warning file=a%2Cb%3Ac.yaml,line=3,col=4,title=P205::100 %25 of a%0D%0Ab',
        '',
      ].join('\n'),
    );
  });
});
