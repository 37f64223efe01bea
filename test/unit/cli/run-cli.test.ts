import { describe, expect, it } from 'vitest';
import type { Command } from '../../../reconciler/cli/command.ts';
import { runCli } from '../../../reconciler/cli/run-cli.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { createCommandIo } from './command-io.ts';

const toCommand = (text: string): Command => ({
  words: text.split(' '),
  summary: `does ${text}`,
  help: `help of ${text}`,
  run: async () => 0,
});

const COMMANDS = ['init', 'model list', 'model show', 'features get', 'predict'].map(toCommand);

async function run(...argv: readonly string[]) {
  const { io, output } = createCommandIo();
  return { code: await runCli(COMMANDS, argv, io), output: output() };
}

describe('a command line that names no command', () => {
  it('is told the command that was probably meant', async () => {
    const { code, output } = await run('modle', 'list');
    expect(code).toBe(1);
    expect(output).toContain('P601');
    expect(output).toContain('no command modle; did you mean plumb model?');
    expect((await run('predcit')).output).toContain('did you mean plumb predict?');
    expect((await run('model', 'shwo')).output).toContain(
      'no command model shwo; did you mean plumb model show?',
    );
    expect((await run('dance')).output).toContain('no command dance\n');
  });

  it('is told the commands of a group, and no others, when only the group is named', async () => {
    const { code, output } = await run('model');
    expect(code).toBe(1);
    expect(output).toContain('plumb model has list, show');
    expect(output).toContain('does model list');
    expect(output).not.toContain('does predict');
    expect((await run('model', '--format', 'json')).output).toContain('plumb model has list, show');
  });

  it('is no mistake when it asks for help', async () => {
    for (const argv of [[], ['help'], ['--help'], ['-h']]) {
      const { code, output } = await run(...argv);
      expect({ code, hasAll: output.includes('does predict') }).toEqual({ code: 0, hasAll: true });
    }
    const { code, output } = await run('model', '--help');
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('model show'),
    });
    expect(output).not.toContain('does predict');
  });
});

describe('a command that fails', () => {
  it('quotes nothing that would write to the terminal', async () => {
    const { io, output } = createCommandIo();
    const run = () => Promise.reject(new CodedError('P601', 'no \u001b]0;owned\u0007 here\nsee'));
    expect(await runCli([{ ...toCommand('init'), run }], ['init'], io)).toBe(1);
    expect(output()).toContain('no \\u001b]0;owned\\u0007 here\nsee\n');
  });
});
