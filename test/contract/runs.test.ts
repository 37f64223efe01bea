import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryRunWorld } from '../../reconciler/adapters/runs/memory/run-world.ts';
import { createMemoryRuns } from '../../reconciler/adapters/runs/memory/runs.ts';
import { digestText } from '../../reconciler/core/contracts/digest.ts';
import type { RunRequest } from '../../reconciler/ports/runs.ts';
import { makeContract, makeManifest, makeSumModel } from '../support/onnx-models.ts';
import {
  endProcessRuns,
  makeRunRequest,
  makeSlots,
  openProcessRuns,
  RUN_ZONE,
  writeProgram,
} from '../support/run-requests.ts';
import { makeReport } from '../support/version-records.ts';
import { type Behaviour, describeRuns } from './runs.contract.ts';

/** Ends as it is told, and holds for as long as nobody lets go. */
const TRAINER = `
import { existsSync, writeFileSync } from 'node:fs';
const { SM_HP_BEHAVIOUR: behaviour, SM_HP_GATE: gate, PLUMBLINE_ATTEMPT: attempt } = process.env;
const isFirst = attempt === '1';
const fail = (text, code) => {
  writeFileSync(process.env.SM_OUTPUT_DIR + '/failure', text);
  process.exit(code);
};
if (behaviour === 'refuse') fail('no such column', 10);
if (behaviour === 'fail' || (behaviour === 'fail-once' && isFirst)) fail('out of luck', 3);
if (behaviour === 'killed' || (behaviour === 'killed-once' && isFirst)) process.exit(137);
if (behaviour === 'hold') setInterval(() => existsSync(gate) && process.exit(0), 10);
`;
const PREPARER = 'process.exit(0);';

const MODEL = makeSumModel({ features: 2, add: 1 });
const RESULT = {
  manifest: makeManifest({ model: MODEL, contract: makeContract(['amount', 'age']) }),
  evaluation: makeReport(digestText('run')),
};

/** Leaves what an evaluation leaves, without having looked at anything. */
const EVALUATOR = `
import { writeFileSync } from 'node:fs';
const documents = ${JSON.stringify(RESULT)};
writeFileSync('result/model.onnx', Buffer.from('${Buffer.from(MODEL).toString('base64')}', 'base64'));
writeFileSync('result/manifest.json', JSON.stringify(documents.manifest));
writeFileSync('result/evaluation.json', JSON.stringify(documents.evaluation));
`;

describeRuns('process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-runs-'));
  const trainer = await writeProgram(folder, 'trainer', TRAINER);
  const preparer = await writeProgram(folder, 'preparer', PREPARER);
  const evaluator = await writeProgram(folder, 'evaluator', EVALUATOR);
  await makeSlots(folder, 'cpu', 1);
  await makeSlots(folder, 'wide', 2);
  const runs = openProcessRuns(folder);
  const gateOf = (name: string) => join(folder, `${name}.gate`);
  const letGo = (name: string) => writeFile(gateOf(name), '');
  return {
    runs,
    restart: () => openProcessRuns(folder),
    request(name, behaviour, changes) {
      return makeRunRequest(name, {
        hyperparameters: { behaviour, gate: gateOf(name) },
        steps: [
          { name: 'prepare', argv: preparer, job: { v: 1 } },
          { name: 'train', argv: trainer, job: null },
          { name: 'evaluate', argv: evaluator, job: { v: 1 } },
        ],
        ...changes,
      });
    },
    letGo,
    result: RESULT,
    close: () => endProcessRuns(folder),
  };
});

describeRuns('memory', async () => {
  const held = new Set<string>();
  const slots: Readonly<Record<string, number>> = { cpu: 1, wide: 2 };
  const world = createMemoryRunWorld({
    toResult: () => ({ ...RESULT, modelFile: '/memory/model.onnx' }),
    countSlots: (_target, pool) => slots[pool] ?? 0,
    runStep({ request, step, attempt }) {
      if (step.name !== 'train') return { exitCode: 0, said: null };
      return toEnd(request, attempt, held);
    },
  });
  const open = () => createMemoryRuns({ zone: RUN_ZONE, world });
  return {
    runs: open(),
    restart: open,
    request(name, behaviour, changes) {
      if (behaviour === 'hold') held.add(`payments/${name}`);
      return makeRunRequest(name, {
        hyperparameters: { behaviour },
        steps: (['prepare', 'train', 'evaluate'] as const).map((step) => ({
          name: step,
          argv: ['program'],
          job: null,
        })),
        ...changes,
      });
    },
    result: RESULT,
    letGo: async (name) => void held.delete(`payments/${name}`),
    async close() {},
  };
});

function toEnd(request: RunRequest, attempt: number, held: ReadonlySet<string>) {
  const behaviour = request.hyperparameters['behaviour'] as Behaviour;
  const isFirst = attempt === 1;
  if (behaviour === 'hold' && held.has(request.model)) return 'working';
  if (behaviour === 'refuse') return { exitCode: 10, said: 'no such column' };
  if (behaviour === 'fail' || (behaviour === 'fail-once' && isFirst)) {
    return { exitCode: 3, said: 'out of luck' };
  }
  if (behaviour === 'killed' || (behaviour === 'killed-once' && isFirst)) {
    return { exitCode: 137, said: null };
  }
  return { exitCode: 0, said: null };
}
