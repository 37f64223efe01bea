import { describe, expect, it } from 'vitest';
import {
  formatNormalForm,
  toDesiredFiles,
  toLiveFile,
} from '../../../reconciler/core/audit/ledger-files.ts';
import { parseLedgerFile } from '../../../reconciler/core/audit/parse-ledger-file.ts';
import { formOf, refOf, targetForm } from '../plan/forms.ts';

describe('files of the ledger', () => {
  it('have one layout for desired and live, so that a diff is the divergence', () => {
    const form = targetForm('laptop', 2);
    const live = toLiveFile(refOf('Target', 'laptop'), form);
    expect(live.path).toBe('live/target/platform/laptop.yaml');
    expect([...toDesiredFiles([form])]).toEqual([
      ['desired/target/platform/laptop.yaml', live.text],
    ]);
  });

  it('read as a person would write them, with a stable order', () => {
    expect(formatNormalForm(formOf('Zone', 'ae', { jurisdiction: 'AE', b: 1, a: [1] }))).toBe(
      [
        'apiVersion: plumbline.dev/v1alpha1',
        'kind: Zone',
        'metadata:',
        '  name: ae',
        'spec:',
        '  a:',
        '    - 1',
        '  b: 1',
        '  jurisdiction: AE',
        '',
      ].join('\n'),
    );
  });

  it('come back as the form they were made from', () => {
    const form = targetForm('laptop', 2);
    expect(parseLedgerFile(formatNormalForm(form))).toEqual(form);
    const odd = formOf('Namespace', 'on', { owners: ['no', '1e3', 'null', '0x1', '~'] });
    expect(parseLedgerFile(formatNormalForm(odd))).toEqual(odd);
  });

  it.each(['', '[', 'a: &x 1\nb: *x', 'apiVersion: v1\nkind: Pod'])('ignore %j', (text) => {
    expect(parseLedgerFile(text)).toBeNull();
  });
});
