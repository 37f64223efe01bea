import { setTimeout as delay } from 'node:timers/promises';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { readNode } from './running-zone.ts';

export type CardTraffic = {
  readonly start: () => Promise<void>;
  /** Resolves when so many more requests were answered. */
  readonly awaitAnswers: (count: number) => Promise<void>;
  /** What was not answered with a score, in words. */
  readonly failures: () => readonly string[];
  readonly stop: () => Promise<void>;
};

const CATEGORIES = ['groceries', 'fuel', 'electronics', 'travel', 'jewellery', 'gambling'];
const CHANNELS = ['chip', 'contactless', 'online', 'atm'];
/** Enough for a judge within seconds, and little enough for a machine that does other things too. */
const CALLERS = 4;
const PAUSE_MS = 10;
/** As many say that it is no accident. */
const MAX_FAILURES = 100;
const ANSWER_LIMIT_MS = 10_000;

/** Applications that ask the endpoint of the example about card transactions, until stopped. */
export function createCardTraffic(options: {
  readonly state: string;
  readonly seed: number;
  /** Multiplies every amount: customers who spend otherwise than those the model has learnt from. */
  readonly spending?: () => number;
}): CardTraffic {
  const randomness = createSeededRandomness(`card traffic ${options.seed}`);
  const draw = (below: number) =>
    (randomness.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0) >>> 0) % below;
  const failures: string[] = [];
  let answers = 0;
  let isOn = false;
  let callers: readonly Promise<void>[] = [];

  const ask = async (url: string) => {
    const amount = (5 + draw(400)) * (options.spending?.() ?? 1);
    const features = {
      amount,
      merchant_category: CATEGORIES[draw(CATEGORIES.length)],
      channel: CHANNELS[draw(CHANNELS.length)],
    };
    const entities = { customer_id: `c-${String(draw(400)).padStart(5, '0')}` };
    const answer = await fetch(`${url}/v1/endpoints/payments/fraud/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ entities, features }),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const text = await answer.text();
    if (answer.status !== 200) failures.push(`${answer.status} ${text}`);
    answers += 1;
  };

  const call = async (url: string) => {
    while (isOn) {
      await ask(url).catch((error: unknown) =>
        failures.push(`${new Date().toISOString()} ${String(error)}`),
      );
      await delay(PAUSE_MS);
    }
  };

  return {
    start: async () => {
      const { url } = await readNode(options.state);
      isOn = true;
      callers = Array.from({ length: CALLERS }, () => call(url));
    },
    awaitAnswers: async (count) => {
      const goal = answers + count;
      while (answers < goal && failures.length < MAX_FAILURES) await delay(50);
    },
    failures: () => failures,
    stop: async () => {
      isOn = false;
      await Promise.all(callers);
    },
  };
}
