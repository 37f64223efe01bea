import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { oneHeading } from './rules/markdown.ts';

describe('one heading', () => {
  it('accepts one title, and comments in quoted shell', () => {
    expect(checkFiles(oneHeading, { 'a.md': '# A\n\n```sh\n# not a title\n```\n' })).toEqual([]);
  });

  it('refuses two titles and none', () => {
    expect(checkFiles(oneHeading, { 'a.md': '# A\n\n# B\n' }).join()).toContain('a.md:3 2 first');
    expect(checkFiles(oneHeading, { 'a.md': '## A\n' }).join()).toContain('0 first');
  });
});
