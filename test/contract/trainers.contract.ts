import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDigest } from '../../reconciler/core/contracts/digest.ts';
import type { Trainers } from '../../reconciler/ports/trainers.ts';

export type TrainersHarness = {
  readonly trainers: Trainers;
  /** The name of a program that there is. */
  readonly program: string;
  /** As another process, or this one after a restart, sees the same machine. */
  readonly restart: () => Trainers;
  /** As an upgrade of Plumbline does: the same packages, another program. */
  readonly changeProgram: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Setting up takes seconds, so the life of one environment is told in order. */
export function describeTrainers(subject: {
  readonly name: string;
  readonly create: () => Promise<TrainersHarness>;
}): void {
  describe(`trainers: ${subject.name}`, () => {
    let harness: TrainersHarness;
    beforeAll(async () => {
      harness = await subject.create();
    });
    afterAll(() => harness.close());
    const use = () => harness;

    describeUnknown(use);
    describeLife(use);
  });
}

function describeUnknown(use: () => TrainersHarness): void {
  it.each(['unknown', '', '..', '../small', 'Small', 'small/train.py', '/small'])(
    'knows no program %j',
    async (program) => {
      const { trainers } = use();
      expect(await trainers.find(program)).toBeNull();
      await expect(trainers.ensure(program)).rejects.toMatchObject({ code: 'P809' });
      await trainers.remove(program);
    },
  );
}

function describeLife(use: () => TrainersHarness): void {
  it('finds nothing before it was set up, and sets nothing up by looking', async () => {
    const { trainers, program } = use();
    expect(await trainers.find(program)).toBeNull();
    expect(await trainers.find(program)).toBeNull();
  });

  it('removes the missing', async () => {
    await use().trainers.remove(use().program);
  });

  it('sets up on first need, once for all who ask', async () => {
    const { trainers, restart, program } = use();
    const other = restart();
    const [first, second, third] = await Promise.all([
      trainers.ensure(program),
      trainers.ensure(program),
      other.ensure(program),
    ]);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(first.program).toBe(program);
    expect(isDigest(first.digest)).toBe(true);
    expect(first.argv.length).toBeGreaterThan(0);
  });

  it('finds what it set up, also after a restart, and leaves it as it is', async () => {
    const { trainers, restart, program } = use();
    const found = await trainers.find(program);
    expect(found).not.toBeNull();
    expect(await trainers.ensure(program)).toEqual(found);
    expect(await restart().find(program)).toEqual(found);
    expect(await restart().ensure(program)).toEqual(found);
  });

  it('gives another digest when the program changes', async () => {
    const { trainers, program, changeProgram } = use();
    const before = await trainers.ensure(program);
    await changeProgram();
    const after = await trainers.ensure(program);
    expect(after.digest).not.toBe(before.digest);
    expect(await trainers.find(program)).toEqual(after);
  });

  it('finds nothing once it was removed', async () => {
    const { trainers, restart, program } = use();
    await trainers.remove(program);
    expect(await trainers.find(program)).toBeNull();
    expect(await restart().find(program)).toBeNull();
    await trainers.remove(program);
  });
}
