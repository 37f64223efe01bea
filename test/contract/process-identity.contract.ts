import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import type { ProcessIdentity } from '../../reconciler/ports/process-identity.ts';

export function describeProcessIdentity(subject: {
  readonly name: string;
  create(): ProcessIdentity;
}): void {
  describe(`process identity: ${subject.name}`, () => {
    const identity = subject.create();

    it('stays the same while the process runs', async () => {
      const first = await identity.readIdentity(process.pid);
      expect(first).toMatch(/\S/);
      expect(await identity.readIdentity(process.pid)).toBe(first);
    });

    it('is nothing for what cannot be a process', async () => {
      for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 31 - 2]) {
        expect(await identity.readIdentity(pid), String(pid)).toBeNull();
      }
    });

    it('is there while a child runs, differs from ours, and ends with it', async () => {
      const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      await once(child, 'spawn');
      const pid = child.pid as number;
      const running = await identity.readIdentity(pid);
      expect(running).not.toBeNull();
      expect(running).not.toBe(await identity.readIdentity(process.pid));
      child.stdin.end();
      await once(child, 'exit');
      expect(await identity.readIdentity(pid)).toBeNull();
    });
  });
}
