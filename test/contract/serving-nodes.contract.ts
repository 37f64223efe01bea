import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServingNodes } from '../../reconciler/ports/serving-nodes.ts';

export type ServingNodesHarness = {
  /** As another process of the reconciler sees them, of this build. */
  open(build: string): ServingNodes;
  /** The node ends at once, without a word. */
  crash(pid: number): Promise<void>;
  /** From now on a node that is started says this and ends; null: it comes up. */
  complain(complaint: string | null): Promise<void>;
  isRunning(pid: number): Promise<boolean>;
  close(): Promise<void>;
};

export type ServingNodesSubject = {
  readonly name: string;
  create(): Promise<ServingNodesHarness>;
};

type GetHarness = () => ServingNodesHarness;

/** What every way to run data-plane nodes promises. */
export function describeServingNodes(subject: ServingNodesSubject): void {
  describe(`serving nodes: ${subject.name}`, () => {
    let harness: ServingNodesHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    afterEach(() => harness.close());
    describeRunning(() => harness);
    describeReplacing(() => harness);
    describeFailing(() => harness);
  });
}

function describeRunning(harness: GetHarness): void {
  it('finds and stops nothing where nothing runs', async () => {
    const nodes = harness().open('one');
    expect(await nodes.find()).toBeNull();
    await nodes.stop();
    expect(await nodes.find()).toBeNull();
  });

  it('starts one, and adopts it from then on, whoever asks', async () => {
    const node = await harness().open('one').ensureRunning();
    expect(node.name).toBe('serve-ae');
    expect(node.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await harness().isRunning(node.pid)).toBe(true);
    const another = harness().open('one');
    expect(await another.find()).toEqual(node);
    expect(await another.ensureRunning()).toEqual(node);
  });

  it('starts one for all who ask at once', async () => {
    const nodes = harness().open('one');
    const other = harness().open('one');
    const all = await Promise.all([
      ...[nodes.ensureRunning(), nodes.ensureRunning(), other.ensureRunning()],
    ]);
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(1);
    expect(await nodes.find()).toEqual(all[0]);
  });

  it('stops it, and starts it again where it was', async () => {
    const nodes = harness().open('one');
    const first = await nodes.ensureRunning();
    await nodes.stop();
    expect(await nodes.find()).toBeNull();
    expect(await harness().isRunning(first.pid)).toBe(false);
    const second = await nodes.ensureRunning();
    expect(second.url).toBe(first.url);
    expect(second.pid).not.toBe(first.pid);
  });
}

function describeReplacing(harness: GetHarness): void {
  it('replaces one of another build, at the same place', async () => {
    const first = await harness().open('one').ensureRunning();
    const second = await harness().open('two').ensureRunning();
    expect(second.pid).not.toBe(first.pid);
    expect(second.url).toBe(first.url);
    expect(await harness().isRunning(first.pid)).toBe(false);
    expect(await harness().open('one').find()).toEqual(second);
  });

  it('replaces one that crashed, at the same place', async () => {
    const nodes = harness().open('one');
    const first = await nodes.ensureRunning();
    await harness().crash(first.pid);
    expect(await nodes.find()).toBeNull();
    const second = await nodes.ensureRunning();
    expect(second.url).toBe(first.url);
    expect(second.pid).not.toBe(first.pid);
  });
}

function describeFailing(harness: GetHarness): void {
  it('says why it does not come up, and tries anew when it is asked again', async () => {
    await harness().complain('the model store has moved');
    const nodes = harness().open('one');
    await expect(nodes.ensureRunning()).rejects.toMatchObject({
      code: 'P810',
      message: expect.stringContaining('the model store has moved'),
    });
    expect(await nodes.find()).toBeNull();
    await harness().complain(null);
    expect(await nodes.ensureRunning()).toEqual(await nodes.find());
  });
}
