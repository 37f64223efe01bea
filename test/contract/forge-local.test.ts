import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { MAX_PROPOSED_COMMITS } from '../../reconciler/adapters/forge/local/authorship.ts';
import { createLocalForge } from '../../reconciler/adapters/forge/local/forge.ts';
import {
  createSignedPullLog,
  toHeadRef,
  toLogRef,
} from '../../reconciler/adapters/forge/local/pull-log.ts';
import { readBodyFile } from '../../reconciler/adapters/forge/local/read-body-file.ts';
import { createMemoryGit, type MemoryGit } from '../../reconciler/adapters/git/memory/git.ts';
import { createNativeGit } from '../../reconciler/adapters/git/native/git.ts';
import { createMemorySignatureVerifier } from '../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import type { Oid, RefName } from '../../reconciler/core/contracts/git.ts';
import { APPROVAL_NAMESPACE } from '../../reconciler/core/forge/approval-payload.ts';
import type { Forge } from '../../reconciler/ports/forge.ts';
import { createBareRepository } from '../support/bare-repository.ts';
import {
  ACTORS,
  ALLOWED_SIGNERS,
  createForgeHarness,
  type ForgeHarness,
  toLine,
} from './forge/harness.ts';

const createVerifier = createMemorySignatureVerifier;
const HAS_SSH_KEYGEN = spawnSync('ssh-keygen', ['-?']).error === undefined;

let git: MemoryGit;
let harness: ForgeHarness;
let head: Oid;

beforeEach(async () => {
  git = createMemoryGit();
  harness = await createForgeHarness({
    name: 'local',
    createVerifier,
    createGit: async () => ({ git, close: async () => {} }),
    createLog: (repository) => createSignedPullLog({ git: repository, createVerifier }),
  });
  head = await harness.push('raise-a', { 'a.yaml': 'a: 2\n' });
  await harness.forge.open({ title: 'Raise a', body: '', branch: 'raise-a' }, ACTORS.you);
});
afterEach(() => harness.close());

describe('a proposal that nobody can judge', () => {
  it('is refused for its many commits, when it is opened and when it grows', async () => {
    const { forge, readMain, push } = harness;
    const grow = async (branch: RefName, expectedTip: Oid) => {
      const drafts = Array.from({ length: MAX_PROPOSED_COMMITS + 1 }, (_, index) => ({
        message: 'x\n',
        author: { name: 'you', email: 'you@localhost' },
        epochSeconds: 1,
        changes: [{ path: 'x', content: Buffer.from(String(index)) }],
      }));
      await git.append({ branch, expectedTip, drafts, signer: ACTORS.you.signer });
    };
    await git.moveRef({ name: 'refs/heads/long', expected: null, next: await readMain() });
    await grow('refs/heads/long', await readMain());
    const opening = forge.open({ title: 't', body: '', branch: 'long' }, ACTORS.you);
    await expect(opening).rejects.toMatchObject({ code: 'P420' });
    await grow('refs/heads/raise-a', head);
    await expect(forge.refresh(1, ACTORS.plumbline)).rejects.toMatchObject({ code: 'P420' });
    expect((await forge.read(1)).head).toBe(head);
    await push('main', { 'b.yaml': 'b: 2\n' });
    expect((await forge.read(1)).head).toBe(head);
  });
});

describe('a log whose people change', () => {
  it('stays readable when somebody left whose line says until when', async () => {
    const { forge, push, clock } = harness;
    await forge.add(1, { type: 'approve', head, body: '' }, ACTORS.reviewer);
    await clock.advance(30 * 86_400_000);
    const left = ',valid-before="20260615Z"';
    const signers = (reviewer: string) =>
      [toLine('you', 'git'), reviewer, toLine('plumbline', 'git')].join('\n');
    await push('main', {
      allowed_signers: signers(toLine('reviewer', `git,${APPROVAL_NAMESPACE}`, left)),
    });
    expect((await forge.read(1)).reviews).toHaveLength(1);
    const entry = { type: 'comment', key: null, body: 'still here' } as const;
    await expect(forge.add(1, entry, ACTORS.reviewer)).rejects.toMatchObject({ code: 'P417' });
    // What they approved while they might does not count for what is merged now.
    const parent = await harness.readMain();
    await forge.merge(1, { head, method: 'merge' }, ACTORS.you);
    const commit = await harness.readMain();
    const [candidate] = await forge.listCandidates({ commit, parent });
    expect(candidate?.approvals).toEqual([{ by: 'reviewer@localhost', head, mayApprove: false }]);
    await push('main', { allowed_signers: signers('') });
    await expect(forge.read(1)).rejects.toMatchObject({
      code: 'P416',
      message: expect.stringContaining('valid-before'),
    });
  });

  it('knows a person by the name of before as well', async () => {
    const { forge, push } = harness;
    await forge.add(1, { type: 'approve', head, body: '' }, ACTORS.reviewer);
    const renamed = toLine('reviewer', `git,${APPROVAL_NAMESPACE}`).replace(
      'reviewer@localhost',
      'r.view@bank.example,reviewer@localhost',
    );
    await push('main', { allowed_signers: `${toLine('you', 'git')}\n${renamed}\n` });
    const entry = { type: 'comment', key: null, body: 'it is still me' } as const;
    const pull = await forge.add(1, entry, ACTORS.reviewer);
    expect(pull.reviews[0]?.by).toBe('reviewer@localhost');
    expect(pull.comments[0]?.by).toBe('r.view@bank.example');
  });

  it('takes no approval of a key that is somebody else when it approves', async () => {
    const signers = [
      toLine('you', 'git'),
      toLine('reviewer', 'git'),
      toLine('reviewer', APPROVAL_NAMESPACE).replace('reviewer@', 'another@'),
    ];
    await harness.push('main', { allowed_signers: signers.join('\n') });
    const entry = { type: 'approve', head, body: '' } as const;
    await expect(harness.forge.add(1, entry, ACTORS.reviewer)).rejects.toMatchObject({
      code: 'P417',
      message: expect.stringContaining('another@localhost for approvals'),
    });
  });
});

describe('the file of a body', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-body-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is read from beside the person who names it', async () => {
    await writeFile(join(folder, 'why.md'), 'Because: λ.\r\nReally.\n\n');
    expect(await readBodyFile('why.md', folder)).toBe('Because: λ.\nReally.');
    expect(await readBodyFile(join(folder, 'why.md'), '/')).toBe('Because: λ.\nReally.');
  });

  it('is refused when it is missing, no text, or larger than any body', async () => {
    await writeFile(join(folder, 'bytes'), Buffer.from([0xff, 0xfe]));
    await writeFile(join(folder, 'large'), 'x'.repeat(70_000));
    for (const name of ['none', 'bytes', 'large', '.']) {
      await expect(readBodyFile(name, folder)).rejects.toMatchObject({ code: 'P601' });
    }
  });
});

describe('what stands in the repository', () => {
  it('has a head to fetch, mended by the next event when a crash lost it', async () => {
    expect(await git.readRef(toHeadRef(1))).toBe(head);
    git.setRef(toHeadRef(1), null);
    const entry = { type: 'comment', key: null, body: 'hello' } as const;
    await harness.forge.add(1, entry, ACTORS.you);
    expect(await git.readRef(toHeadRef(1))).toBe(head);
    git.setRef(toHeadRef(1), null);
    const next = await harness.push('raise-a', { 'a.yaml': 'a: 3\n' });
    await harness.forge.refresh(1, ACTORS.plumbline);
    expect(await git.readRef(toHeadRef(1))).toBe(next);
  });

  it('keeps an event whose reference somebody else moved on meanwhile', async () => {
    const next = await harness.push('other', { 'b.yaml': 'b: 2\n' });
    const elsewhere = await harness.readMain();
    const racing: MemoryGit = {
      ...git,
      moveRef: (move) => {
        git.setRef(move.name, elsewhere);
        return git.moveRef(move);
      },
    };
    const log = createSignedPullLog({ git: racing, createVerifier });
    const clock = createSimulatedClock({ startAt: harness.clock.now() });
    const allowedSignersPath = 'allowed_signers';
    const forge = createLocalForge({ git: racing, log, clock, createVerifier, allowedSignersPath });
    const pull = await forge.open({ title: 't', body: '', branch: 'other' }, ACTORS.you);
    expect(pull).toMatchObject({ number: 2, head: next });
  });

  it.skipIf(!HAS_SSH_KEYGEN)('is an approval that ssh-keygen verifies by itself', async () => {
    const pull = await harness.forge.add(1, { type: 'approve', head, body: '' }, ACTORS.reviewer);
    const folder = await mkdtemp(join(tmpdir(), 'plumbline-approval-'));
    try {
      const signers = join(folder, 'allowed_signers');
      const armor = join(folder, 'approval.sig');
      await writeFile(signers, ALLOWED_SIGNERS);
      await writeFile(armor, pull.reviews[0]?.signature ?? '');
      const verify = (input: string) =>
        execFileSync(
          'ssh-keygen',
          [
            ...['-Y', 'verify', '-f', signers, '-I', 'reviewer@localhost'],
            ...['-n', APPROVAL_NAMESPACE, '-s', armor],
          ],
          { input, encoding: 'utf8', stdio: 'pipe' },
        );
      const payload = `{"head":"${head}","pull":1,"v":1,"verdict":"approve"}`;
      expect(verify(payload)).toContain('Good "plumbline-approval" signature');
      expect(() => verify(payload.replace('"pull":1', '"pull":2'))).toThrow();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('cannot be pushed to', async () => {
    const repository = await createBareRepository();
    const processIdentity = createSystemProcessIdentity();
    const native = createNativeGit({ repositoryPath: repository.path, processIdentity });
    try {
      const [oid] = await native.append({
        branch: 'refs/heads/main',
        expectedTip: null,
        drafts: [
          {
            message: 'x\n',
            author: { name: 'you', email: 'you@localhost' },
            epochSeconds: 1,
            changes: [{ path: 'x', content: Buffer.from('x') }],
          },
        ],
        signer: ACTORS.you.signer,
      });
      const push = (ref: string) => repository.run(['push', repository.path, `${oid}:${ref}`]);
      expect(() => push(toLogRef(1))).toThrow(/hidden ref/);
      expect(await native.readRef(toLogRef(1))).toBeNull();
      push('refs/heads/other');
      expect(await native.readRef('refs/heads/other')).toBe(oid);
    } finally {
      await native.close();
      await repository.remove();
    }
  });

  it('is one log for several processes', async () => {
    const repository = await createBareRepository();
    const processIdentity = createSystemProcessIdentity();
    const open = () => createNativeGit({ repositoryPath: repository.path, processIdentity });
    const [first, second] = [open(), open()] as const;
    try {
      const one = await createForgeHarness({
        name: 'local',
        createVerifier,
        createGit: async () => ({ git: first, close: async () => {} }),
        createLog: (native) => createSignedPullLog({ git: native, createVerifier }),
      });
      const other = createLocalForge({
        git: second,
        log: createSignedPullLog({ git: second, createVerifier }),
        clock: createSimulatedClock({ startAt: one.clock.now() + 5_000 }),
        createVerifier,
        allowedSignersPath: 'allowed_signers',
      });
      const tip = await one.push('raise-a', { 'a.yaml': 'a: 2\n' });
      await one.forge.open({ title: 't', body: '', branch: 'raise-a' }, ACTORS.you);
      const say = (forge: Forge, body: string) =>
        forge.add(1, { type: 'comment', key: null, body }, ACTORS.you);
      await Promise.all([
        say(one.forge, '1'),
        say(other, '2'),
        say(one.forge, '3'),
        say(other, '4'),
      ]);
      const merge = (forge: Forge) => forge.merge(1, { head: tip, method: 'squash' }, ACTORS.you);
      const [left, right] = await Promise.all([merge(one.forge), merge(other)]);
      expect(left).toEqual(right);
      expect(left.comments.map(({ body }) => body).sort()).toEqual(['1', '2', '3', '4']);
      expect(await first.listFirstParents(await one.readMain(), 9)).toHaveLength(2);
    } finally {
      await first.close();
      await second.close();
      await repository.remove();
    }
  });
});
