import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.ts';
import { findPlanted } from './find-planted.ts';
import { createParseOnce } from './parse-once.ts';
import { PLANTS } from './planted/all.ts';
import { NOTHING_PLANTED } from './planted/plant.ts';
import { simulateSeed } from './simulate-seed.ts';

const USAGE = `Usage: npm run -s sim -- [--seeds N] [--seed S] [--verbose] [--planted all|NAME]

  --seeds N       how many seeds, 100 if not said
  --seed S        the first of them, 1 if not said; with --seeds 1 it is replayed exactly
  --verbose       print the trace of each seed
  --planted NAME  put a known bug in, or all one after the other, and find it
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
    planted: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const seeds = toCount(values.seeds);
  const firstSeed = toCount(values.seed);
  if (values.help || seeds === null || firstSeed === null) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 1;
  }
  if (values.planted !== undefined) return findBugs(values.planted, firstSeed);
  if (values.verbose) await printTraces(firstSeed, seeds);
  const report = await runCampaign({ firstSeed, seeds });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return report.violation === null && report.unreached.length === 0 ? 0 : 1;
}

async function printTraces(firstSeed: number, seeds: number): Promise<void> {
  const onLine = (line: string) => void process.stdout.write(`${line}\n`);
  const parse = createParseOnce();
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    await simulateSeed({ seed, plant: NOTHING_PLANTED, parse, onLine });
  }
}

async function findBugs(name: string, firstSeed: number): Promise<number> {
  const chosen = PLANTS.filter((plant) => name === 'all' || plant.name === name);
  let missed = chosen.length === 0 ? 1 : 0;
  for (const plant of chosen) {
    const finding = await findPlanted(plant, firstSeed);
    process.stdout.write(`${JSON.stringify(finding)}\n`);
    if (!finding.isFound) missed += 1;
  }
  return missed === 0 ? 0 : 1;
}

function toCount(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}
