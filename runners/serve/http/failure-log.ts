import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { Log } from '../../../reconciler/ports/log.ts';
import { isOurFault } from './answer.ts';

/** A store that is away fails ten thousand requests in a second: one line says as much. */
const QUIET_MS = 1_000;

type Said = { at: number; unsaid: number };

export type FailureLog = { readonly report: (error: unknown) => void };

/**
 * Refusals are at a level that is not kept, since strangers can cause them at will. A failure of
 * ours is said once in a second by its code, with how many were not.
 */
export function createFailureLog(deps: { readonly clock: Clock; readonly log: Log }): FailureLog {
  const saidByCode = new Map<string, Said>();
  return {
    report(error) {
      const code = isCodedError(error) ? error.code : 'P606';
      const message = describe(error);
      if (!isOurFault(error)) {
        deps.log.write({ level: 'debug', event: 'request-refused', message, fields: { code } });
        return;
      }
      const now = deps.clock.now();
      const said = saidByCode.get(code);
      if (said !== undefined && now - said.at < QUIET_MS) {
        said.unsaid += 1;
        return;
      }
      const fields = { code, unsaid: said?.unsaid ?? 0 };
      saidByCode.set(code, { at: now, unsaid: 0 });
      deps.log.write({ level: 'error', event: 'request-failed', message, fields });
    },
  };
}

/** With what is behind it, where that is in words of ours. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isCodedError(error.cause) ? `${error.message}: ${error.cause.message}` : error.message;
}
