import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import isomorphicGit from 'isomorphic-git';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryGit } from '../../reconciler/adapters/git/memory/git.ts';
import { checkRepository } from '../../reconciler/adapters/git/native/check-repository.ts';
import { createNativeGit, type NativeGit } from '../../reconciler/adapters/git/native/git.ts';
import { initBareRepository } from '../../reconciler/adapters/git/native/initialise.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import type { Oid, RefName } from '../../reconciler/core/contracts/git.ts';
import { type BareRepository, createBareRepository } from '../support/bare-repository.ts';
import { type LineChild, startLineChild } from '../support/child-process.ts';
import { BRANCH, LIMITS, SIGNER, toDraft } from './git/harness.ts';

/** A process that kills itself is no failure here. */
function runProgram(file: string, args: readonly string[]): Promise<{ readonly stdout: string }> {
  return new Promise((resolve) => {
    execFile(file, args, (_error, stdout) => resolve({ stdout }));
  });
}

const CHILD = new URL('../support/append-child.ts', import.meta.url);

describe('native git', () => {
  let repository: BareRepository;
  let git: NativeGit;
  const children: LineChild[] = [];

  beforeEach(async () => {
    repository = await createBareRepository();
    const processIdentity = createSystemProcessIdentity();
    git = createNativeGit({ repositoryPath: repository.path, processIdentity });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    await git.close();
    await repository.remove();
  });

  const append = (expectedTip: Oid | null, files: Record<string, string | null>) =>
    git.append({ branch: BRANCH, expectedTip, drafts: [toDraft(files)], signer: SIGNER });
  const appendMany = async (count: number): Promise<Oid> => {
    let tip: Oid | null = await git.readRef(BRANCH);
    for (let index = 0; index < count; index += 1) {
      [tip = null] = await append(tip, { 'record.json': `${index} of ${tip}` });
    }
    return tip as Oid;
  };
  const start = async (label: string, task: string): Promise<LineChild> => {
    const child = await startLineChild(CHILD, [repository.path, label, task]);
    children.push(child);
    return child;
  };
  const expectSound = async () =>
    expect(await checkRepository({ repositoryPath: repository.path })).toEqual([]);

  it('lets several writers of one process store the same batch at once', async () => {
    const processIdentity = createSystemProcessIdentity();
    const others = [1, 2, 3].map(() =>
      createNativeGit({ repositoryPath: repository.path, processIdentity }),
    );
    const drafts = [toDraft({ a: 'the same for all' })];
    for (let round = 0; round < 5; round += 1) {
      const written = await Promise.all(
        others.map((other, index) => {
          const branch: RefName = `refs/heads/round-${round}/${index}`;
          return other.append({ branch, expectedTip: null, drafts, signer: SIGNER });
        }),
      );
      expect(new Set(written.flat()).size).toBe(1);
      drafts[0] = toDraft({ a: `the same for all, ${round}` });
    }
    for (const other of others) await other.close();
    await expectSound();
  });

  it('makes the objects that Git makes', async () => {
    const memory = createMemoryGit();
    const files = { 'a.b': '1', 'a/c': '2', 'a-b': '3', 'a/d/e': '4' };
    const pushed = await memory.push({
      branch: 'refs/heads/main',
      files: Object.entries(files).map(([path, content]) => ({ path, content })),
      message: 'Say it\n',
      epochSeconds: 1_000_000_000,
    });
    const write = (text: string) => repository.run(['hash-object', '-w', '--stdin'], text).trim();
    for (const [path, text] of Object.entries(files)) {
      const index = `100644,${write(text)},${path}`;
      repository.run(['update-index', '--add', '--cacheinfo', index]);
    }
    const tree = repository.run(['write-tree']).trim();
    const commit = repository.run(['commit-tree', tree], 'Say it\n').trim();
    expect((await memory.readCommit(pushed)).tree).toBe(tree);
    expect(pushed).toBe(commit);
  });

  it('makes the objects that the repository in memory makes, and Git finds no fault', async () => {
    const memory = createMemoryGit();
    const wide = Array.from({ length: 300 }, (_, n) => [`live/model/ns/m${n}.yaml`, `${n}`]);
    const drafts = [
      toDraft(Object.fromEntries(wide)),
      ...Array.from({ length: 120 }, (_, n) =>
        toDraft({
          [`live/model/ns/m${n * 2}.yaml`]: `new ${n}`,
          [`x${n}`]: `${n}`,
          'live/a': null,
        }),
      ),
    ];
    const input = { branch: BRANCH, expectedTip: null, drafts, signer: SIGNER };
    const oids = await git.append(input);
    expect(oids).toEqual(await memory.append(input));
    const tip = oids.at(-1) as Oid;
    expect(await git.listTree(tip, LIMITS)).toEqual(await memory.listTree(tip, LIMITS));
    await expectSound();
    // Deltas were made, and Git can follow them.
    const [index = ''] = (await packFiles('.idx')).map((name) => join(packFolder(), name));
    expect(repository.run(['verify-pack', '-v', index])).toContain('chain length = 48');
  });

  it('is read alike by another implementation of Git', async () => {
    const oids = await git.append({
      branch: BRANCH,
      expectedTip: null,
      drafts: [1, 2, 3].map((n) => toDraft({ 'live/a/b.yaml': `${n}`, [`live/a/${n}`]: 'x' })),
      signer: SIGNER,
    });
    const gitdir = repository.path;
    expect(await isomorphicGit.resolveRef({ fs, gitdir, ref: BRANCH })).toBe(oids.at(-1));
    const log = await isomorphicGit.log({ fs, gitdir, ref: BRANCH });
    expect(log.map(({ oid }) => oid)).toEqual([...oids].reverse());
    for (const entry of log) {
      const ours = await git.readCommit(entry.oid);
      const { tree, parent, message } = entry.commit;
      expect({ tree, parents: parent, message }).toEqual({
        tree: ours.tree,
        parents: ours.parents,
        message: ours.message,
      });
      expect(entry.commit.gpgsig?.trim()).toBe(ours.signature?.trim());
      const filepath = 'live/a/b.yaml';
      const theirs = await isomorphicGit.readBlob({ fs, gitdir, oid: entry.oid, filepath });
      const [file] = await git.readFiles([{ commit: entry.oid, path: filepath }], 10);
      expect(Buffer.from(theirs.blob).equals(file as Uint8Array)).toBe(true);
    }
  });

  it('sees what others write while it is open', async () => {
    const tip = await appendMany(1);
    const tree = repository.run(['rev-parse', `${tip}^{tree}`]).trim();
    const other = repository.run(['commit-tree', tree, '-p', tip], 'By hand\n').trim();
    repository.run(['update-ref', BRANCH, other, tip]);
    expect(await git.readRef(BRANCH)).toBe(other);
    repository.run(['pack-refs', '--all', '--prune']);
    repository.run(['repack', '-a', '-d', '-q']);
    expect(await git.readRef(BRANCH)).toBe(other);
    const [next] = await append(other, { a: '1' });
    expect(repository.run(['rev-parse', BRANCH]).trim()).toBe(next);
    expect((await git.listFirstParents(next as Oid, 9)).map(({ oid }) => oid)).toEqual([
      next,
      other,
      tip,
    ]);
    await expectSound();
  });

  it('refuses a branch that would be the folder of another, or stand in one', async () => {
    await append(null, { a: '1' });
    const inside = { expectedTip: null, drafts: [toDraft({ a: '1' })], signer: SIGNER };
    const names: RefName[] = ['refs/heads/plumbline/audit', 'refs/heads/plumbline/audit/ae/x'];
    for (const pack of [false, true]) {
      if (pack) repository.run(['pack-refs', '--all', '--prune']);
      for (const branch of names) {
        await expect(git.append({ branch, ...inside })).rejects.toMatchObject({ code: 'P404' });
      }
    }
    expect(repository.run(['for-each-ref']).trim().split('\n')).toHaveLength(1);
  });

  it('does not follow a symbolic reference', async () => {
    const tip = await appendMany(1);
    repository.run(['symbolic-ref', 'refs/heads/alias', BRANCH]);
    const branch: RefName = 'refs/heads/alias';
    await expect(git.readRef(branch)).rejects.toMatchObject({ code: 'P404' });
    const input = { expectedTip: tip, drafts: [toDraft({ a: '1' })], signer: SIGNER };
    await expect(git.append({ branch, ...input })).rejects.toMatchObject({ code: 'P404' });
    expect(await git.readRef(BRANCH)).toBe(tip);
  });

  it('goes on after an object that Git cannot read', async () => {
    const tip = await appendMany(1);
    const oid = repository.run(['hash-object', '-w', '--stdin'], 'whole').trim();
    const path = join(repository.path, 'objects', oid.slice(0, 2), oid.slice(2));
    await rm(path, { force: true });
    await writeFile(path, 'not zlib');
    await expect(git.readBlobs([oid], 10)).rejects.toMatchObject({ code: 'P404' });
    expect((await git.readCommit(tip)).oid).toBe(tip);
  });

  it('does not let the repository show another history than its objects', async () => {
    const tip = await appendMany(3);
    const real = (await git.listFirstParents(tip, 9)).map(({ oid }) => oid);
    const [, middle, first] = real as [Oid, Oid, Oid];
    await mkdir(join(repository.path, 'info'), { recursive: true });
    await writeFile(join(repository.path, 'info', 'grafts'), `${tip} ${first}\n`);
    await writeFile(join(repository.path, 'shallow'), `${middle}\n`);
    repository.run(['update-ref', `refs/replace/${middle}`, first]);
    expect((await git.listFirstParents(tip, 9)).map(({ oid }) => oid)).toEqual(real);
    expect((await git.readCommit(middle)).parents).toEqual([first]);
    expect(await git.isAncestor(middle, tip)).toBe(true);
    const problems = await checkRepository({ repositoryPath: repository.path });
    for (const word of ['grafts', 'shallow', 'replace']) expect(problems.join()).toContain(word);
  });

  it('takes no orders from the environment', async () => {
    const tip = await appendMany(1);
    process.env['GIT_DIR'] = '/nowhere';
    process.env['GIT_OBJECT_DIRECTORY'] = '/nowhere';
    try {
      expect(await git.isAncestor(tip, tip)).toBe(true);
      await expectSound();
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_OBJECT_DIRECTORY'];
    }
  });

  it('waits for no lock that Git holds, and removes none', async () => {
    const tip = await appendMany(1);
    const lock = join(repository.path, `${BRANCH}.lock`);
    await writeFile(lock, '');
    await expect(append(tip, { a: '1' })).rejects.toMatchObject({ code: 'P404', remedy: 'retry' });
    expect(await readFile(lock, 'utf8')).toBe('');
    await rm(lock);
    await append(tip, { a: '1' });
  });

  it('keeps the lock of a process that lives, and removes that of one that was killed', async () => {
    const tip = await appendMany(1);
    const holder = await start('holder', 'lock');
    expect(await holder.ask('take')).toContain('plumbline-locks');
    await expect(append(tip, { a: '1' })).rejects.toMatchObject({ code: 'P404', remedy: 'retry' });
    await holder.kill();
    const [next] = await append(tip, { a: '1' });
    expect(repository.run(['rev-parse', BRANCH]).trim()).toBe(next);
    expect(await readdir(join(repository.path, 'plumbline-locks'))).toEqual([]);
  });

  it('loses no acknowledged commit to a killed writer, and none of the next one to its remains', async () => {
    const acknowledged: Oid[] = [];
    for (let round = 0; round < 5; round += 1) {
      const child = await start(`writer${round}`, 'append');
      for (let n = 0; n < 4 + round; n += 1) acknowledged.push((await child.ask('next')) as Oid);
      const last = child.ask('next');
      // Somewhere in the middle of an append: a different somewhere in each round.
      for (let turn = 0; turn < round * 40; turn += 1) await new Promise(setImmediate);
      await child.kill();
      await last;
      await appendMany(1);
    }
    const tip = (await git.readRef(BRANCH)) as Oid;
    const history = (await git.listFirstParents(tip, 1000)).map(({ oid }) => oid);
    for (const oid of acknowledged) expect(history).toContain(oid);
    await expectSound();
  });

  it('is whole whichever call to the file system a writer died before', async () => {
    const script = new URL('../support/append-crash-child.ts', import.meta.url).pathname;
    const crashBefore = async (call: number): Promise<boolean> => {
      const crashed = await createBareRepository();
      const args = ['--import', 'tsx', script, crashed.path, String(call)];
      const { stdout } = await runProgram(process.execPath, args);
      const processIdentity = createSystemProcessIdentity();
      const next = createNativeGit({ repositoryPath: crashed.path, processIdentity });
      try {
        const expectedTip = await next.readRef(BRANCH);
        const drafts = [toDraft({ 'record.json': 'after the crash' })];
        await next.append({ branch: BRANCH, expectedTip, drafts, signer: SIGNER });
        expect(await checkRepository({ repositoryPath: crashed.path })).toEqual([]);
        expect(await readdir(join(crashed.path, 'plumbline-locks'))).toEqual([]);
        const count = Number(crashed.run(['rev-list', '--count', BRANCH]));
        expect(count).toBeGreaterThanOrEqual(stdout === '' ? 2 : 3);
      } finally {
        await next.close();
        await crashed.remove();
      }
      return stdout === 'survived\n';
    };
    let calls = 1;
    for (let hasSurvived = false; !hasSurvived; calls += 3) {
      const survivals = await Promise.all([calls, calls + 1, calls + 2].map(crashBefore));
      hasSurvived = survivals.includes(true);
    }
    // Two files and their names, the lock's owner, the lock, the reference, three folders.
    expect(calls).toBeGreaterThan(10);
  }, 240_000);

  it('keeps one line of history when processes race', async () => {
    const racers = [await start('left', 'race'), await start('right', 'race')];
    const answers = await Promise.all(racers.map((racer) => racer.ask('go')));
    const added = answers.flatMap((answer) => (answer ?? '').split(' '));
    const tip = (await git.readRef(BRANCH)) as Oid;
    const history = (await git.listFirstParents(tip, 1000)).map(({ oid }) => oid);
    expect([...history].sort()).toEqual([...added].sort());
    expect(history).toHaveLength(60);
    await expectSound();
  });

  it('merges small packs and loses nothing', async () => {
    const tip = await appendMany(300);
    await git.close();
    expect((await packFiles('.pack')).length).toBeLessThan(200);
    expect((await packFiles('.idx')).length).toBe((await packFiles('.pack')).length);
    expect(repository.run(['rev-list', '--count', tip]).trim()).toBe('300');
    await expectSound();
  });

  it('finds damage in a pack', async () => {
    await appendMany(3);
    const [name = ''] = await packFiles('.pack');
    const path = join(packFolder(), name);
    const bytes = await readFile(path);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await rm(path);
    await writeFile(path, bytes);
    expect(await checkRepository({ repositoryPath: repository.path })).not.toEqual([]);
  });

  it('initialises once, and denies what would rewrite history', async () => {
    const [first] = await append(null, { a: '1' });
    await appendFile(join(repository.path, 'config'), '[plumbline]\n\tkept = yes\n');
    await initBareRepository({ path: repository.path });
    expect(repository.run(['config', 'plumbline.kept']).trim()).toBe('yes');
    expect(repository.run(['symbolic-ref', 'HEAD']).trim()).toBe('refs/heads/main');
    const tree = repository.run(['rev-parse', `${first}^{tree}`]).trim();
    const other = repository.run(['commit-tree', tree], 'Other\n').trim();
    repository.run(['update-ref', 'refs/heads/other', other]);
    const push = (refspec: string) => () =>
      repository.run(['push', '--force', repository.path, refspec]);
    expect(push(`refs/heads/other:${BRANCH}`)).toThrow('non-fast-forward');
    expect(push(`:${BRANCH}`)).toThrow('deletion prohibited');
  });

  function packFolder(): string {
    return join(repository.path, 'objects', 'pack');
  }

  async function packFiles(ending: string): Promise<readonly string[]> {
    return (await readdir(packFolder())).filter((name) => name.endsWith(ending));
  }
});
