import { beforeEach, describe, expect, it } from 'vitest';
import { createSignedPullLog } from '../../../reconciler/adapters/forge/local/pull-log.ts';
import { createMemoryGit } from '../../../reconciler/adapters/git/memory/git.ts';
import { createMemorySignatureVerifier } from '../../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { createPrApproveCommand } from '../../../reconciler/cli/commands/pr-approve.ts';
import { createPrCloseCommand } from '../../../reconciler/cli/commands/pr-close.ts';
import { createPrCreateCommand } from '../../../reconciler/cli/commands/pr-create.ts';
import { createPrDiffCommand } from '../../../reconciler/cli/commands/pr-diff.ts';
import { createPrListCommand } from '../../../reconciler/cli/commands/pr-list.ts';
import { createPrMergeCommand } from '../../../reconciler/cli/commands/pr-merge.ts';
import { createPrShowCommand } from '../../../reconciler/cli/commands/pr-show.ts';
import type { WithForge } from '../../../reconciler/cli/pull-session.ts';
import { runCli } from '../../../reconciler/cli/run-cli.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import {
  ACTORS,
  createForgeHarness,
  type ForgeHarness,
  PEOPLE,
} from '../../contract/forge/harness.ts';
import { createCommandIo } from './command-io.ts';

const createVerifier = createMemorySignatureVerifier;

let harness: ForgeHarness;
let head: string;
/** Keys that this machine does not have. */
let missing: readonly string[];

beforeEach(async () => {
  missing = [];
  harness = await createForgeHarness({
    name: 'local',
    createVerifier,
    createGit: async () => ({ git: createMemoryGit(), close: async () => {} }),
    createLog: (git) => createSignedPullLog({ git, createVerifier }),
  });
  head = await harness.push('raise-a', { 'a.yaml': 'a: 2\n' });
});

const withForge: WithForge = (_paths, work) =>
  work({
    forge: harness.forge,
    git: harness.git,
    loadActor: async (name) => {
      const person = PEOPLE.find((one) => one === name && !missing.includes(one));
      if (person === undefined) throw new CodedError('P412', `key file ${name} cannot be read`);
      return ACTORS[person];
    },
  });

async function pr(...args: readonly string[]) {
  const { io, output } = createCommandIo();
  const commands = [
    createPrApproveCommand({ withForge }),
    createPrCloseCommand({ withForge }),
    createPrCreateCommand({ withForge, readBodyFile: async (path, cwd) => `${cwd} ${path}` }),
    createPrDiffCommand({ withForge }),
    createPrListCommand({ withForge }),
    createPrMergeCommand({ withForge }),
    createPrShowCommand({ withForge }),
  ];
  return { code: await runCli(commands, ['pr', ...args], io), output: output() };
}

const create = () => pr('create', '--head', 'raise-a');
const toJson = ({ output }: { readonly output: string }) => JSON.parse(output);

describe('plumb pr create', () => {
  it('opens one with the subject of the last commit as its title', async () => {
    const { code, output } = await create();
    expect(code).toBe(0);
    expect(output).toContain('pull request 1  Change a.yaml');
    expect(output).toContain(`branch   raise-a at ${head.slice(0, 12)}`);
    expect(output).toContain('plumb pr approve 1 --as reviewer');
  });

  it('takes title, body and identity that are named', async () => {
    const options = ['--title', 'Raise it', '--body-file', 'why.md', '--as', 'reviewer'];
    const answer = await pr('create', '--head', 'raise-a', ...options, '--format', 'json');
    expect(toJson(answer)).toMatchObject({
      v: 1,
      pull: { number: 1, title: 'Raise it', body: '/srv why.md', author: 'reviewer@localhost' },
    });
  });

  it.each([
    ['P601', []],
    ['P601', ['--head', 'raise-a', '--as', '../you']],
    ['P415', ['--head', 'nowhere']],
    ['P415', ['--head', 'Ü', '--title', 't']],
    ['P412', ['--head', 'raise-a', '--as', 'nobody']],
    ['P417', ['--head', 'raise-a', '--as', 'stranger']],
  ])('ends with 1 and %s for %j', async (code, args) => {
    const answer = await pr('create', ...args);
    expect(answer).toMatchObject({ code: 1, output: expect.stringContaining(`plumb: ${code}`) });
    expect((await pr('list')).output).toBe('no pull request is open\n');
  });
});

describe('plumb pr list and show', () => {
  it('list what is open, or all', async () => {
    await create();
    await pr('close', '1', '--reason', 'not now');
    expect((await pr('list')).output).toBe('no pull request is open\n');
    const all = await pr('list', '--all');
    expect(all.output).toMatch(/^ {3}1 {2}closed {2}- {2}raise-a {2}Change a\.yaml\n$/);
    expect(toJson(await pr('list', '--all', '--format', 'json'))).toMatchObject({
      v: 1,
      pulls: [{ number: 1, state: 'closed' }],
      refused: [],
    });
    expect(await pr('list', '--count', '0')).toMatchObject({ code: 1 });
  });

  it('show one, as its branch is by now', async () => {
    await create();
    const next = await harness.push('raise-a', { 'a.yaml': 'a: 3\n' });
    const { code, output } = await pr('show', '1');
    expect(code).toBe(0);
    expect(output).toContain(`branch   raise-a at ${next.slice(0, 12)}`);
    expect(toJson(await pr('show', '1', '--format', 'json')).pull).toMatchObject({ head: next });
  });

  it('show it as it was seen last where nobody can write down that it moved', async () => {
    await create();
    missing = ['plumbline'];
    await harness.push('raise-a', { 'a.yaml': 'a: 3\n' });
    expect((await pr('show', '1')).output).toContain(`raise-a at ${head.slice(0, 12)}`);
  });

  it('know no other number', async () => {
    expect(await pr('show', '1')).toMatchObject({
      code: 1,
      output: expect.stringContaining('P415'),
    });
    for (const args of [[], ['x'], ['0'], ['-1'], ['1', '2']]) {
      const { code, output } = await pr('show', ...args);
      expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('P601') });
    }
  });
});

describe('plumb pr diff', () => {
  it('shows each file with its lines, and what others did on main is no part of it', async () => {
    await harness.push('raise-a', { 'b.yaml': null, 'model.onnx': '\u0000\u0001' });
    await create();
    await harness.push('main', { 'c.yaml': 'c: 1\n' });
    const { code, output } = await pr('diff', '1');
    expect(code).toBe(0);
    expect(output).toContain(
      [
        ' a.yaml      +1 -1',
        ' b.yaml      +0 -1  removed',
        ' model.onnx  not shown as text  added',
        '',
        'diff --git a/a.yaml b/a.yaml',
        '--- a/a.yaml',
        '+++ b/a.yaml',
        '@@ -1 +1 @@',
        '-a: 1',
        '+a: 2',
        'diff --git a/b.yaml b/b.yaml',
        'deleted file mode 100644',
      ].join('\n'),
    );
    expect(output).not.toContain('c.yaml');
    const json = toJson(await pr('diff', '1', '--format', 'json'));
    expect(json).toMatchObject({ v: 1, number: 1, isComplete: true });
    expect(json.files.map(({ path }: { path: string }) => path)).toEqual([
      'a.yaml',
      'b.yaml',
      'model.onnx',
    ]);
  });

  it('names large files only, and no more of them than anybody reads', async () => {
    const many = Object.fromEntries(Array.from({ length: 310 }, (_, n) => [`many/${n}`, '1']));
    await harness.push('raise-a', { ...many, large: 'x\n'.repeat(200_000) });
    await create();
    const json = toJson(await pr('diff', '1', '--format', 'json'));
    expect(json.isComplete).toBe(false);
    expect(json.files).toHaveLength(300);
    expect(json.files[1]).toEqual({ path: 'large', change: 'added', lines: null, patch: '' });
    expect((await pr('diff', '1')).output).toContain('more than is shown here');
  });

  it('cannot be used to write to a terminal', async () => {
    await harness.push('raise-a', { 'a.yaml': 'a: \u001b[2J\n' });
    await create();
    const { output } = await pr('diff', '1');
    expect(output).not.toContain('\u001b');
    expect(output).toContain('+a: \\u001b[2J');
  });
});

describe('plumb pr approve', () => {
  it('approves the head that was seen last, and says by whom', async () => {
    await create();
    const { code, output } = await pr('approve', '1', '--as', 'reviewer', '--comment', 'fine');
    expect(code).toBe(0);
    expect(output).toBe(`approved pull request 1 at ${head.slice(0, 12)} by reviewer@localhost\n`);
    expect((await pr('list')).output).toContain('approved');
  });

  it('says when it is an own approval', async () => {
    await create();
    const { code, output } = await pr('approve', '1');
    expect(code).toBe(0);
    expect(output).toContain('approved (self)');
    expect(output).toContain('note');
  });

  it('asks for changes, which takes an approval back', async () => {
    await create();
    await pr('approve', '1', '--as', 'reviewer');
    const asked = await pr('approve', '1', '--as', 'reviewer', '--request-changes');
    expect(asked.output).toContain('changes requested');
    expect(await pr('merge', '1')).toMatchObject({
      code: 1,
      output: expect.stringContaining('P420'),
    });
  });

  it('approves nothing when the branch was pushed to since', async () => {
    await create();
    await harness.push('raise-a', { 'a.yaml': 'a: 3\n' });
    const answer = await pr('approve', '1', '--as', 'reviewer');
    expect(answer).toMatchObject({ code: 1, output: expect.stringContaining('P418') });
    await pr('diff', '1');
    expect((await pr('approve', '1', '--as', 'reviewer')).code).toBe(0);
  });

  it('approves only the head that is named', async () => {
    await create();
    const approve = (commit: string) => pr('approve', '1', '--as', 'reviewer', '--head', commit);
    expect((await approve(head.slice(0, 8))).code).toBe(0);
    expect(await approve('0000000')).toMatchObject({
      code: 1,
      output: expect.stringContaining('P418'),
    });
    expect((await approve('main')).output).toContain('P601');
  });

  it('refuses who may not', async () => {
    await create();
    for (const name of ['plumbline', 'stranger']) {
      const answer = await pr('approve', '1', '--as', name);
      expect(answer).toMatchObject({ code: 1, output: expect.stringContaining('P417') });
    }
  });
});

describe('plumb pr merge and close', () => {
  it('merges what was approved, and says by whom', async () => {
    await create();
    await pr('approve', '1', '--as', 'reviewer');
    const { code, output } = await pr('merge', '1', '--squash');
    expect(code).toBe(0);
    const main = await harness.readMain();
    expect(output).toBe(
      `merged   pull request 1 into main as ${main.slice(0, 12)}\napproved by reviewer@localhost\n`,
    );
    expect((await harness.git.readCommit(main)).parents).toHaveLength(1);
    expect(await pr('merge', '1')).toMatchObject({ code: 0 });
    expect(await harness.readMain()).toBe(main);
  });

  it('merges without an approval, and says that there was none', async () => {
    await create();
    const { code, output } = await pr('merge', '1', '--as', 'you');
    expect(code).toBe(0);
    expect(output).toContain('nobody else approved it');
    expect((await harness.git.readCommit(await harness.readMain())).parents).toHaveLength(2);
  });

  it('refuses a head that moved since it was approved', async () => {
    await create();
    await pr('approve', '1', '--as', 'reviewer');
    await harness.push('raise-a', { 'a.yaml': 'a: 3\n' });
    for (const look of [() => null, () => pr('show', '1')]) {
      await look();
      expect(await pr('merge', '1')).toMatchObject({
        code: 1,
        output: expect.stringContaining('P418'),
      });
    }
    await pr('approve', '1', '--as', 'reviewer');
    expect(await pr('merge', '1')).toMatchObject({ code: 0 });
  });

  it('names the files that cannot be joined', async () => {
    await create();
    await harness.push('main', { 'a.yaml': 'a: 9\n' });
    const { code, output } = await pr('merge', '1');
    expect(code).toBe(1);
    expect(output).toContain('P419');
    expect(output).toContain('a.yaml');
  });

  it('closes, and takes nothing more', async () => {
    await create();
    const closed = await pr('close', '1', '--reason', 'not now', '--format', 'json');
    expect(toJson(closed).pull).toMatchObject({ state: 'closed', closed: { reason: 'not now' } });
    for (const args of [['close'], ['merge'], ['approve', '--as', 'reviewer']]) {
      const [word = '', ...rest] = args;
      expect(await pr(word, '1', ...rest)).toMatchObject({
        code: 1,
        output: expect.stringContaining('P420'),
      });
    }
    expect((await pr('show', '1')).output).toContain('closed by you@localhost');
    expect((await create()).output).toContain('pull request 2');
    expect((await pr('close', '2')).output).toBe(
      'closed   pull request 2; the branch raise-a stays\n',
    );
  });
});

describe('the help of plumb pr', () => {
  it.each(['create', 'list', 'show', 'diff', 'approve', 'merge', 'close'])(
    'of %s names its exit codes',
    async (word) => {
      const { code, output } = await pr(word, '--help');
      expect(code).toBe(0);
      expect(output).toContain(`usage: plumb pr ${word}`);
      expect(output).toContain('Exit codes: 0');
      for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});
