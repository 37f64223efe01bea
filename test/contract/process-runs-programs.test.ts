import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import type { RunRequest } from '../../reconciler/ports/runs.ts';
import {
  hasRunEnded,
  makeRunRequest,
  tendUntil,
  toRunPath,
  writeProgram,
} from '../support/run-requests.ts';
import { RUN_KEY, useRunStage } from '../support/run-stage.ts';

const { readIdentity } = createSystemProcessIdentity();
const { folder, base, startSteps, startTraining, train, runThree } = useRunStage();

describe('what a program of a run finds', () => {
  it('lets a script train that knows only what SageMaker gives it', async () => {
    const seen = await runThree({});
    expect(seen).toMatchObject({ state: 'succeeded', resultFolder: join(base(), 'result') });
    expect(JSON.parse(await readFile(join(base(), 'result', 'model.onnx'), 'utf8'))).toEqual({
      rows: ['train rows', 'validation rows'],
      args: ['--booster', 'trees', '--depth', '3', '--learning-rate', '0.1'],
      depth: '3',
    });
  });

  it('gives exactly the variables of the contract, and no other', async () => {
    process.env['PLUMBLINE_TEST_SECRET'] = 'not inherited';
    const source = `import { writeFileSync } from 'node:fs';
      writeFileSync('model/environment.json', JSON.stringify(process.env));`;
    const seen = await runThree({ train: source, evaluate: '' }).finally(() => {
      delete process.env['PLUMBLINE_TEST_SECRET'];
    });
    expect(seen.state).toBe('succeeded');
    const found = JSON.parse(await readFile(join(base(), 'model', 'environment.json'), 'utf8'));
    const { SM_TRAINING_ENV, PLUMBLINE_DEADLINE, ...rest } = found;
    expect(PLUMBLINE_DEADLINE).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(JSON.parse(SM_TRAINING_ENV)).toMatchObject({
      model_dir: join(base(), 'model'),
      hyperparameters: { depth: 3, 'learning-rate': 0.1, booster: 'trees' },
    });
    expect(rest).toEqual(toExpectedVariables());
  });

  it('gives the configuration as files, and nothing to write in but what is meant for it', async () => {
    const source = `import { statSync, writeFileSync, readdirSync } from 'node:fs';
      const mode = (path) => (statSync(path).mode & 0o777).toString(8);
      const paths = ['input', 'input/data/train', 'input/data/train/data.txt', 'input/config',
        'input/config/run.json', 'model', 'checkpoints', 'output', 'output/data'];
      writeFileSync('model/found.json', JSON.stringify({
        modes: Object.fromEntries(paths.map((path) => [path, mode(path)])),
        config: readdirSync('input/config'), cwd: process.cwd(),
      }));`;
    expect((await runThree({ train: source, evaluate: '' })).state).toBe('succeeded');
    const found = JSON.parse(await readFile(join(base(), 'model', 'found.json'), 'utf8'));
    expect(found.cwd).toBe(base());
    expect(found.modes).toEqual({
      input: '555',
      'input/data/train': '555',
      'input/data/train/data.txt': '444',
      'input/config': '555',
      'input/config/run.json': '444',
      model: '700',
      checkpoints: '700',
      output: '700',
      'output/data': '700',
    });
    expect(found.config.sort()).toEqual([
      'evaluate.json',
      'hyperparameters.json',
      'inputdataconfig.json',
      'prepare.json',
      'resourceconfig.json',
      'run.json',
    ]);
    const readConfig = async (name: string) =>
      JSON.parse(await readFile(join(base(), 'input', 'config', name), 'utf8'));
    expect(await readConfig('hyperparameters.json')).toEqual({
      depth: '3',
      'learning-rate': '0.1',
      booster: 'trees',
    });
    // These are of the last program, which is the first to see the test rows.
    expect(Object.keys(await readConfig('inputdataconfig.json'))).toEqual([
      'test',
      'train',
      'validation',
    ]);
    expect(await readConfig('run.json')).toMatchObject({
      label: 'is_fraud',
      runKey: RUN_KEY,
      hyperparameters: { depth: 3, 'learning-rate': 0.1, booster: 'trees' },
      channels: ['test', 'train', 'validation'],
    });
  });

  it('asks no shell, and hands arguments over as they are', async () => {
    const argv = await writeProgram(
      folder(),
      'trainer',
      `import { writeFileSync } from 'node:fs';
       writeFileSync('model/args.json', JSON.stringify(process.argv.slice(2)));`,
    );
    const args = ['$HOME', '; touch escaped', '`id`', 'a b', "'"];
    const steps = [{ name: 'train' as const, argv: [...argv, ...args], job: null }];
    const seen = await tendUntil(await startSteps(steps), RUN_KEY, hasRunEnded);
    expect(seen.state).toBe('succeeded');
    expect(JSON.parse(await readFile(join(base(), 'model', 'args.json'), 'utf8'))).toEqual(args);
    expect(await readdir(base())).not.toContain('escaped');
  });
});

describe('what a program of a run leaves', () => {
  it('ends all that it started, also what left its group', async () => {
    const source = `import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      const idle = ['-e', 'setInterval(() => {}, 1000)'];
      const pids = [false, true].map((detached) => {
        const child = spawn(process.execPath, idle, { detached, stdio: 'ignore' });
        child.unref();
        return child.pid;
      });
      writeFileSync('model/pids.json', JSON.stringify(pids));`;
    expect((await train(source)).state).toBe('succeeded');
    const pids = JSON.parse(await readFile(join(base(), 'model', 'pids.json'), 'utf8'));
    expect(pids).toHaveLength(2);
    for (const pid of pids) expect(await readIdentity(pid)).toBeNull();
  });

  it('repeats the first words of a failure, without a secret', async () => {
    const source = `import { writeFileSync } from 'node:fs';
      const text = 'cannot open postgres://ana:hunter2@db/x: password=hunter2\\n';
      writeFileSync('output/failure', text + 'é'.repeat(2 ** 20));
      process.exitCode = 10;`;
    const seen = await train(source);
    if (seen.state !== 'failed') throw new Error(`the run has ${seen.state}`);
    expect(seen.why).not.toContain('hunter2');
    const words = seen.why.slice(seen.why.indexOf('cannot open'));
    expect(words).toMatch(
      /^cannot open postgres:\/\/\[redacted\]@db\/x: password=\[redacted\] é+$/,
    );
    expect([...words]).toHaveLength(1024);
  });

  it.each([
    ['a link', `symlinkSync('/etc/hostname', 'output/failure')`],
    ['a folder', `mkdirSync('output/failure')`],
    ['empty', `writeFileSync('output/failure', '')`],
  ])('makes nothing of a failure file that is %s', async (_, act) => {
    const seen = await train(
      `import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'; ${act}; process.exit(10);`,
    );
    expect(seen).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('did not say why'),
    });
  });

  it('shows the newest progress that can be read, and bounds the file', async () => {
    const source = `import { appendFileSync, existsSync } from 'node:fs';
      const path = 'output/progress.jsonl';
      appendFileSync(path, 'no json\\n' + '{"step":"many"}\\n');
      appendFileSync(path, ('x'.repeat(9000) + '\\n').repeat(1000));
      appendFileSync(path, JSON.stringify({ step: 12, progressPercentage: 45.5 }) + '\\n');
      appendFileSync(path, '{"step": 13, "progressPerc');
      setInterval(() => existsSync('output/enough') && process.exit(0), 10);`;
    const runs = await startTraining(source);
    const seen = await tendUntil(
      runs,
      RUN_KEY,
      (one) => one.state === 'running' && one.progress !== null,
    );
    expect(seen).toMatchObject({ state: 'running', progress: { step: 12, percent: 45.5 } });
    const size = async () => (await stat(join(base(), 'output', 'progress.jsonl'))).size;
    // All together is more than the bound; what is left depends on when it was looked at.
    await tendUntil(runs, RUN_KEY, async () => (await size()) < 8_000_000);
    expect(await runs.observe(RUN_KEY)).toMatchObject({ progress: { step: 12, percent: 45.5 } });
    await writeFile(join(base(), 'output', 'enough'), '');
    expect((await tendUntil(runs, RUN_KEY, hasRunEnded)).state).toBe('succeeded');
  });

  it('bounds the log of a program that talks too much', async () => {
    const source = `process.stdout.write('x'.repeat(2 ** 20) + '\\n');
      for (let line = 0; line < 20000; line += 1) console.error('line ' + line);
      console.error('token=hunter2 the end');`;
    const maxLogBytes = 64 * 1024;
    expect((await train(source, {}, { maxLogBytes })).state).toBe('succeeded');
    const logs = join(toRunPath(folder(), RUN_KEY), 'logs');
    const names = (await readdir(logs)).sort();
    expect(names).toEqual(['train.log', 'train.log.1']);
    for (const name of names)
      expect((await stat(join(logs, name))).size).toBeLessThan(maxLogBytes / 2 + 1);
    const text = await readFile(join(logs, 'train.log'), 'utf8');
    expect(text).toContain('token=[redacted] the end');
    expect(text).toContain('line 19999');
  });
});

function toExpectedVariables(): Readonly<Record<string, string>> {
  const at = (...parts: readonly string[]) => join(base(), ...parts);
  const { digests }: RunRequest = makeRunRequest('fraud');
  const channel = {
    ContentType: 'application/vnd.apache.parquet',
    RecordWrapperType: 'None',
    S3DistributionType: 'FullyReplicated',
    TrainingInputMode: 'File',
  };
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: at('scratch', 'home'),
    TMPDIR: at('scratch', 'tmp'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    OMP_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
    PYTHONHASHSEED: '7',
    CUBLAS_WORKSPACE_CONFIG: ':4096:8',
    SAGEMAKER_BASE_DIR: base(),
    SM_MODEL_DIR: at('model'),
    SM_OUTPUT_DIR: at('output'),
    SM_OUTPUT_DATA_DIR: at('output', 'data'),
    SM_INPUT_DIR: at('input'),
    SM_INPUT_CONFIG_DIR: at('input', 'config'),
    SM_CHANNELS: '["train","validation"]',
    SM_CHANNEL_TRAIN: at('input', 'data', 'train'),
    SM_CHANNEL_VALIDATION: at('input', 'data', 'validation'),
    SM_HPS: '{"booster":"trees","depth":3,"learning-rate":0.1}',
    SM_HP_BOOSTER: 'trees',
    SM_HP_DEPTH: '3',
    'SM_HP_LEARNING-RATE': '0.1',
    SM_USER_ARGS: '["--booster","trees","--depth","3","--learning-rate","0.1"]',
    SM_HOSTS: '["algo-1"]',
    SM_CURRENT_HOST: 'algo-1',
    SM_NUM_GPUS: '0',
    SM_NUM_CPUS: '1',
    SM_NETWORK_INTERFACE_NAME: 'eth0',
    SM_LOG_LEVEL: '20',
    SM_RESOURCE_CONFIG:
      '{"current_host":"algo-1","current_instance_group":"homogeneousCluster","hosts":["algo-1"],"instance_groups":[{"hosts":["algo-1"],"instance_group_name":"homogeneousCluster","instance_type":"local"}],"network_interface_name":"eth0"}',
    SM_INPUT_DATA_CONFIG: JSON.stringify({ train: channel, validation: channel }),
    TRAINING_JOB_NAME: RUN_KEY,
    AIP_MODEL_DIR: at('model'),
    AIP_CHECKPOINT_DIR: at('checkpoints'),
    PLUMBLINE_BASE_DIR: base(),
    PLUMBLINE_RUN_ID: RUN_KEY,
    PLUMBLINE_ATTEMPT: '1',
    PLUMBLINE_RESUME: '0',
    PLUMBLINE_COMMIT: digests.commit,
    PLUMBLINE_SPEC_DIGEST: digests.spec,
    PLUMBLINE_SNAPSHOT_DIGEST: digests.snapshot,
    PLUMBLINE_TRAINER_DIGEST: digests.trainer,
    PLUMBLINE_SEED: '7',
    PLUMBLINE_ZONE: 'ae',
    PLUMBLINE_POOL: 'cpu',
    PLUMBLINE_DEVICE: 'cpu',
  };
}
