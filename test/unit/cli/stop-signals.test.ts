import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { listenForStop } from '../../../reconciler/cli/stop-signals.ts';

function listen() {
  const clock = createSimulatedClock({ startAt: 0 });
  const source = new EventEmitter();
  const ends: number[] = [];
  const stop = listenForStop(source, clock, (code) => ends.push(code));
  return { clock, source, ends, stop };
}

describe('signals', () => {
  it.each(['SIGINT', 'SIGTERM'])('asks to stop in order on %s', (signal) => {
    const { source, ends, stop } = listen();
    expect(stop.aborted).toBe(false);
    source.emit(signal);
    expect(stop.aborted).toBe(true);
    expect(ends).toEqual([]);
  });

  it('takes the Ctrl-C that npm repeats for the same one', async () => {
    const { clock, source, ends } = listen();
    source.emit('SIGINT');
    await clock.advance(20);
    source.emit('SIGINT');
    expect(ends).toEqual([]);
  });

  it('ends at once on a second Ctrl-C, and never on a second SIGTERM', async () => {
    const { clock, source, ends } = listen();
    source.emit('SIGTERM');
    await clock.advance(5_000);
    source.emit('SIGTERM');
    expect(ends).toEqual([]);
    source.emit('SIGINT');
    expect(ends).toEqual([130]);
  });
});
