import { CodedError } from '../../../core/contracts/coded-error.ts';
import { MAX_CONTROL_MESSAGE_BYTES } from '../../../core/contracts/control-message.ts';
import type { RouteTable } from '../../../core/contracts/generated/route-table.generated.ts';
import { parseContract } from '../../../core/contracts/parse-contract.ts';
import type { HttpReply } from '../../../machine/http-exchange.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ControlChannel } from '../../../ports/control-channel.ts';
import { ask, toUnreachable } from './ask.ts';
import { readControlFile } from './control-file.ts';

/** Longer than the server waits for news before it says that there are none. */
const FOLLOW_LIMIT_MS = 35_000;
const SEND_LIMIT_MS = 10_000;
const MAX_REASON_LENGTH = 300;

export type HttpControlChannelDeps = {
  readonly zone: string;
  /** Read before each call: a reconciler that starts anew has another port and another token. */
  readonly controlFile: string;
  readonly clock: Clock;
  readonly limitsMs?: { readonly follow?: number; readonly send?: number };
};

export function createHttpControlChannel(deps: HttpControlChannelDeps): ControlChannel {
  const { zone, controlFile, clock, limitsMs = {} } = deps;
  const base = `/v1/zones/${encodeURIComponent(zone)}`;
  const post = async (task: string, value: object): Promise<void> => {
    const body = JSON.stringify(value);
    // The other side would refuse it in the middle, and then the reason may not arrive.
    if (Buffer.byteLength(body) > MAX_CONTROL_MESSAGE_BYTES) throw refuse('it is too large');
    const file = await readControlFile(controlFile);
    const limitMs = limitsMs.send ?? SEND_LIMIT_MS;
    requireTaken(
      await ask({ clock }, file, { method: 'POST', path: `${base}/${task}`, body, limitMs }),
    );
  };

  return {
    async followRoutes(after, signal) {
      if (signal.aborted) return null;
      const file = await readControlFile(controlFile);
      const path = `${base}/routes?after=${after}`;
      const limitMs = limitsMs.follow ?? FOLLOW_LIMIT_MS;
      try {
        const question = { method: 'GET', path, body: '', limitMs } as const;
        return toTable(zone, await ask({ clock }, file, question, signal));
      } catch (error) {
        // Whoever ends the wait asks for no reason.
        if (signal.aborted) return null;
        throw error;
      }
    },
    acknowledge: (acknowledgement) => post('acknowledgements', acknowledgement),
    sendCounters: (delta) => post('counters', delta),
  };
}

function toTable(zone: string, reply: HttpReply): RouteTable | null {
  if (reply.status === 204) return null;
  requireTaken(reply);
  const parsed = parseContract('RouteTable', reply.text);
  if (parsed.state === 'invalid') {
    throw toUnreachable(`the reconciler sent no route table: ${parsed.why}`);
  }
  if (parsed.value.zone === zone) return parsed.value;
  throw toUnreachable('the reconciler sent the route table of another zone');
}

/**
 * 400 and 413 are said of the message itself. Anything else may pass: a zone that is not open yet,
 * a token of the reconciler before this one.
 */
function requireTaken({ status, text }: HttpReply): void {
  if (status === 200) return;
  const why = readReason(text);
  if (status === 400 || status === 413) {
    throw refuse(why);
  }
  throw toUnreachable(`the reconciler answers ${status}: ${why}`);
}

function refuse(why: string): CodedError {
  return new CodedError('P703', `the message is refused: ${why}`);
}

function readReason(text: string): string {
  try {
    const value = JSON.parse(text) as { readonly error?: { readonly message?: unknown } } | null;
    const message = value?.error?.message;
    if (typeof message === 'string') return message.slice(0, MAX_REASON_LENGTH);
  } catch {
    // Said below, as for an answer in another form.
  }
  return 'without a reason';
}
