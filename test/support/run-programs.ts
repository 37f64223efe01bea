/** Programs of the tests' runs, as the source of a module. */

/**
 * Trains step by step: each state is the digest of the one before. It keeps its checkpoints as the
 * runner contract asks and leaves the last state as the model, so that a resumed run and one that
 * nobody disturbed can be compared.
 */
export const CHECKPOINTING_TRAINER = `
import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync,
  writeFileSync } from 'node:fs';
const { env } = process;
const digest = (text) => 'sha256:' + createHash('sha256').update(text).digest('hex');
const folder = env.AIP_CHECKPOINT_DIR;
const identity = { specDigest: env.PLUMBLINE_SPEC_DIGEST,
  snapshotDigest: env.PLUMBLINE_SNAPSHOT_DIGEST, seed: Number(env.PLUMBLINE_SEED) };
let step = 0;
let state = 'seed ' + env.PLUMBLINE_SEED;
if (env.PLUMBLINE_RESUME === '1') {
  const latest = JSON.parse(readFileSync(folder + '/LATEST', 'utf8'));
  const text = readFileSync(folder + '/' + latest.path + '/state.json', 'utf8');
  if (digest(text) !== latest.files['state.json']) process.exit(10);
  ({ step, state } = JSON.parse(text));
}
const began = { attempt: Number(env.PLUMBLINE_ATTEMPT), resume: env.PLUMBLINE_RESUME, step };
appendFileSync(env.SM_HP_DIARY, JSON.stringify(began) + '\\n');
const writeSynced = (path, text) => {
  writeFileSync(path, text);
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
};
const save = () => {
  const name = step + '-' + env.PLUMBLINE_ATTEMPT;
  const text = JSON.stringify({ step, state });
  mkdirSync(folder + '/' + name + '.partial', { recursive: true });
  writeSynced(folder + '/' + name + '.partial/state.json', text);
  renameSync(folder + '/' + name + '.partial', folder + '/' + name);
  const latest = { step, path: name, files: { 'state.json': digest(text) }, ...identity };
  writeSynced(folder + '/LATEST.tmp', JSON.stringify(latest));
  renameSync(folder + '/LATEST.tmp', folder + '/LATEST');
};
let isAsked = false;
process.on('SIGTERM', () => { isAsked = true; });
const train = () => {
  if (isAsked) {
    save();
    process.exit(143);
  }
  if (step === Number(env.SM_HP_STEPS)) {
    writeFileSync(env.SM_MODEL_DIR + '/model.onnx', state);
    process.exit(0);
  }
  step += 1;
  state = digest(state + step);
  if (step % 7 === 0) save();
  appendFileSync(env.SM_OUTPUT_DIR + '/progress.jsonl', JSON.stringify({ step }) + '\\n');
  setTimeout(train, 10);
};
train();
`;

/** Trains as a script for SageMaker would: it knows its arguments, its folders and nothing else. */
export const SAGEMAKER_TRAINER = `
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const { env } = process;
const hyperparameters = JSON.parse(env.SM_HPS);
const rows = JSON.parse(env.SM_CHANNELS).map((channel) => {
  const folder = env['SM_CHANNEL_' + channel.toUpperCase()];
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')).join();
});
const settings = JSON.parse(readFileSync(env.SM_INPUT_CONFIG_DIR + '/hyperparameters.json', 'utf8'));
const [host] = JSON.parse(env.SM_HOSTS);
if (host !== env.SM_CURRENT_HOST || settings.depth !== String(hyperparameters.depth)) process.exit(1);
writeFileSync(join(env.SM_MODEL_DIR, 'model.onnx'),
  JSON.stringify({ rows, args: JSON.parse(env.SM_USER_ARGS), depth: env.SM_HP_DEPTH }));
writeFileSync(join(env.SM_OUTPUT_DATA_DIR, 'curve.json'), '[]');
`;

/** Prepares three channels with one file each. */
export const PREPARER = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const job = JSON.parse(readFileSync(process.argv.at(-1), 'utf8'));
for (const channel of ['train', 'validation', 'test']) {
  mkdirSync(job.outputFolder + '/' + channel, { recursive: true });
  writeFileSync(job.outputFolder + '/' + channel + '/data.txt', channel + ' rows');
}
`;

/** Takes what the trainer left as the result. */
export const EVALUATOR = `
import { copyFileSync, readFileSync } from 'node:fs';
const job = JSON.parse(readFileSync(process.argv.at(-1), 'utf8'));
copyFileSync(job.modelFolder + '/model.onnx', job.outputFolder + '/model.onnx');
console.log(JSON.stringify({ state: 'done', result: {} }));
`;
