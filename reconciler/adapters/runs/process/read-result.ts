import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { requireContract } from '../../../core/contracts/parse-contract.ts';
import type { RunResult } from '../../../ports/runs.ts';
import type { RunFiles } from './run-files.ts';

/** A manifest with bins for a thousand features is below one. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** What an evaluation left in its folder; throws P804 when it is not what it must be. */
export async function readResultFolder(files: RunFiles, folder: string): Promise<RunResult> {
  const manifest = requireContract('ModelManifest', await readDocument(files, folder, MANIFEST), {
    code: 'P804',
    what: MANIFEST,
  });
  const evaluation = requireContract(
    'EvaluationReport',
    await readDocument(files, folder, REPORT),
    {
      code: 'P804',
      what: REPORT,
    },
  );
  const modelFile = join(folder, MODEL);
  if (!(await isPlainFile(modelFile))) throw toMissing(MODEL);
  return { manifest, evaluation, modelFile };
}

const MANIFEST = 'manifest.json';
const REPORT = 'evaluation.json';
const MODEL = 'model.onnx';

async function readDocument(files: RunFiles, folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  if (!(await isPlainFile(path))) throw toMissing(name);
  const { size } = await lstat(path);
  if (size > MAX_DOCUMENT_BYTES) {
    throw new CodedError('P804', `${name} is larger than ${MAX_DOCUMENT_BYTES} bytes`);
  }
  return (await files.readText(path, MAX_DOCUMENT_BYTES)) ?? '';
}

function toMissing(name: string): CodedError {
  return new CodedError('P804', `the evaluation left no ${name}, or something else in its place`);
}

async function isPlainFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
