import { parseArgs } from 'node:util';
import type { Bench, BenchCase } from './bench.ts';
import { BENCHES } from './benches.ts';
import { describeMachine, type Row, toRow, toTable } from './rows.ts';

/*
 * npm run -s bench -- <name> [--json]: the figures of one bench, one row each. Sizes and progress
 * go to the error stream, so that the rows can be piped.
 */

const HELP = `usage: npm run -s bench -- <name> [--case CASE] [--seed N] [--json]

Measures one of: ${BENCHES.map(({ name }) => name).join(', ')}, or all of them (all).

  --case CASE   this case only, such as append
  --seed N      the seed of everything that is generated (default 1)
  --json        one JSON object per line instead of a table
`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      case: { type: 'string' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(HELP);
  const seed = Number(values.seed);
  const chosen = choose(positionals, values.case);
  if (chosen.length === 0 || !Number.isSafeInteger(seed)) {
    process.stderr.write(HELP);
    return 1;
  }
  const rows: Row[] = [];
  for (const { bench, benchCase } of chosen) {
    const measured = await measure(bench, benchCase, seed);
    rows.push(...measured);
    if (values.json) for (const row of measured) say(`${JSON.stringify(row)}\n`);
  }
  return values.json ? 0 : say(`${toTable(rows)}\n`);
}

function choose(names: readonly string[], caseName: string | undefined) {
  const [name, ...others] = names;
  if (others.length > 0) return [];
  return BENCHES.filter((bench) => name === 'all' || bench.name === name).flatMap((bench) =>
    bench.cases
      .filter((benchCase) => caseName === undefined || benchCase.name === caseName)
      .map((benchCase) => ({ bench, benchCase })),
  );
}

async function measure(bench: Bench, benchCase: BenchCase, seed: number): Promise<readonly Row[]> {
  const place = { bench: bench.name, case: benchCase.name, seed };
  const note = (text: string) => {
    process.stderr.write(`${place.bench} ${place.case}: ${text}\n`);
  };
  const figures = await benchCase.measure({ seed, note });
  const machine = describeMachine();
  return figures.map((figure) => toRow(figure, place, machine));
}

function say(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
