import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXAMPLE = fileURLToPath(new URL('../../example-platform-repo', import.meta.url));

const ROLLOUT = `  rollout:
    steps:
      - setWeight: 20
      - pause: 2s
      - waitFor: analysis
      - setWeight: 50
      - pause: 2s
    analysis:
      maxFailureRate: 0.05
      guardrails:
        - metric: failures
        - metric: positive-rate
          tolerance: 2
`;

/** What made-up applications ask is not quite what made-up history holds; that is no drift yet. */
const MONITOR = `apiVersion: plumbline.dev/v1alpha1
kind: Monitor
metadata:
  name: fraud
  namespace: payments
spec:
  endpoint: fraud
  window: 3s
  falseAlarmBudget:
    windows: 400
  effect:
    warn: 2
    retrain: 3
`;

const RETRAIN = `  retrain:
    mode: train-then-propose
`;

/** The example, where people approve releases, another version earns its traffic, and drift is watched. */
export async function makeWatchedExample(): Promise<string> {
  const example = await mkdtemp(join(tmpdir(), 'plumbline-example-'));
  await cp(EXAMPLE, example, { recursive: true });
  await replaceText(join(example, 'environments/dev.yaml'), /^ +releaseApproval: none\n/m, '');
  await replaceText(join(example, 'endpoints/fraud.yaml'), /$/, ROLLOUT);
  await replaceText(join(example, 'models/fraud.yaml'), /$/, RETRAIN);
  await mkdir(join(example, 'monitors'), { recursive: true });
  await writeFile(join(example, 'monitors/fraud.yaml'), MONITOR);
  return example;
}

/** Throws where nothing changes: the file is not what the test takes it for. */
export async function replaceText(file: string, from: RegExp | string, to: string): Promise<void> {
  const before = await readFile(file, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} does not hold ${from}`);
  await writeFile(file, after);
}
