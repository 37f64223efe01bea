import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

/**
 * `npm run check`: everything a reviewer would otherwise have to look for. Stages run side by side
 * as far as there are processors, and a stage prints only when it fails.
 */
type Stage = {
  readonly name: string;
  readonly run: () => Promise<StageResult>;
};

type StageResult = { readonly isGood: boolean; readonly output: string };

const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = (name: string) =>
  fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));

function runProgram(name: string, args: readonly string[]): Promise<StageResult> {
  return new Promise((resolve) => {
    const child = spawn(bin(name), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => resolve({ isGood: false, output: String(error) }));
    child.once('close', (code) => {
      resolve({ isGood: code === 0, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

const toProgram = (name: string, program: string, ...args: readonly string[]): Stage => ({
  name,
  run: () => runProgram(program, args),
});

const STATIC_STAGES: readonly Stage[] = [
  toProgram('format and lint', 'biome', 'check', '--error-on-warnings', '.'),
  toProgram('types: build', 'tsc', '-p', 'tsconfig.json', '--noEmit', '--incremental', 'false'),
  toProgram('types: core', 'tsc', '-p', 'reconciler/core/tsconfig.json'),
  toProgram('types: test', 'tsc', '-p', 'test/tsconfig.json'),
  toProgram('dead code', 'knip'),
  toProgram('generated files', 'tsx', 'spec-schemas/generate.ts', '--check'),
];

const PORTS = new URL('../../reconciler/ports/', import.meta.url);

/**
 * Unit and house tests, and the suite of each port on all its adapters. What kills, corrupts and
 * races one adapter takes minutes, is named after it instead of its port, and is left to `npm test`.
 */
async function listTests(): Promise<readonly string[]> {
  const ports = await readdir(PORTS);
  const suites = ports.map((file) => `test/contract/${file.replace(/\.ts$/, '.test.ts')}`);
  return ['test/unit/', 'test/house/', ...suites];
}

async function toTests(): Promise<Stage> {
  const projects = ['unit', 'contract', 'house'].flatMap((project) => ['--project', project]);
  const args = ['run', '--config', 'test/vitest.config.ts', ...projects, ...(await listTests())];
  return toProgram('tests', 'vitest', ...args);
}

async function runStage(stage: Stage): Promise<boolean> {
  const startedMs = performance.now();
  const { isGood, output } = await stage.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (!isGood) process.stdout.write(`${output}\n`);
  process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'} ${stage.name} (${seconds} s)\n`);
  return isGood;
}

/** Runs at most `width` stages at a time, in order; true when all are good. */
async function runAll(stages: readonly Stage[], width: number): Promise<boolean> {
  const waiting = [...stages];
  const results: boolean[] = [];
  const work = async (): Promise<void> => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift()) {
      results.push(await runStage(stage));
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return !results.includes(false);
}

const isWithoutTests = process.argv.includes('--without-tests');
const stages = isWithoutTests ? STATIC_STAGES : [await toTests(), ...STATIC_STAGES];
const isGood = await runAll(stages, Math.max(2, availableParallelism()));
process.exitCode = isGood ? 0 : 1;
