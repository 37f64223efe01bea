import { writeFile } from 'node:fs/promises';
import type { Files } from '../../reconciler/adapters/executor/process/files.ts';

const READS: ReadonlySet<keyof Files> = new Set(['readText', 'listEntries']);

/** Right after a step, or `torn`: with a file written aside, in part, and not put in place. */
export type CrashMoment = 'after' | 'torn';

export type CrashingFiles = {
  readonly files: Files;
  /** Changing steps so far, as `method path`. */
  readonly steps: readonly string[];
};

/** A disk under a process that dies at its n-th changing step and does nothing from then on. */
export function createCrashingFiles(
  real: Files,
  crash: { readonly atStep: number; readonly moment: CrashMoment } | null,
): CrashingFiles {
  const steps: string[] = [];
  let isDead = false;
  const wrap = (method: keyof Files) => {
    const act = real[method] as (...args: readonly unknown[]) => Promise<unknown>;
    return async (...args: readonly unknown[]) => {
      if (isDead) throw new Error('the process is dead');
      if (READS.has(method)) return act(...args);
      const isLast = crash !== null && steps.length === crash.atStep;
      steps.push(`${method} ${String(args[0])}`);
      if (!isLast) return act(...args);
      isDead = true;
      if (crash.moment === 'after') await act(...args);
      if (crash.moment === 'torn' && method === 'writeWhole') {
        await writeFile(`${String(args[0])}.tmp`, String(args[1]).slice(0, 10), { mode: 0o600 });
      }
      throw new Error('the process died');
    };
  };
  const methods = Object.keys(real) as (keyof Files)[];
  const files = Object.fromEntries(methods.map((method) => [method, wrap(method)]));
  return { files: files as unknown as Files, steps };
}
