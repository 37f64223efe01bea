import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { outsideWorld } from './rules/outside-world.ts';

const check = (path: string, text: string) => checkFiles(outsideWorld, { [path]: `${text}\n` });

describe('the outside world', () => {
  it.each([
    ['reconciler/adapters/forge/github/a.ts', 'await fetch(url);'],
    ['reconciler/engine/a.ts', 'await git.fetch(url);'],
    ['reconciler/engine/a.ts', 'const port = { fetch() {}, process: 1 };'],
    ['reconciler/core/a.ts', 'type F = typeof fetch;'],
    ['reconciler/main.ts', 'process.on("SIGTERM", stop);'],
  ])('accepts in %s: %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  it.each([
    ['reconciler/engine/a.ts', 'await fetch(url);'],
    ['reconciler/cli/a.ts', 'await globalThis.fetch(url);'],
    ['reconciler/kinds/target/a.ts', 'const get = fetch;'],
    ['reconciler/main.ts', 'new WebSocket(url);'],
    ['reconciler/core/a.ts', 'console.log(1);'],
    ['reconciler/engine/a.ts', 'process.env["HOME"];'],
    ['reconciler/servers/a.ts', 'const { env } = process;'],
    ['reconciler/adapters/git/native/a.ts', 'eval(text);'],
    ['reconciler/cli/a.ts', 'new Function(text);'],
  ])('refuses in %s: %s', (path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });
});
