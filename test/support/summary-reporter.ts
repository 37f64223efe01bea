import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

type TestCounts = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
};

/** The plain closing line that other programs look for: alone, and the last thing printed. */
export function formatCounts(counts: TestCounts): string {
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

/** A file or a suite that cannot be set up, and an error outside any test, are one failure each. */
function countTests(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
): TestCounts {
  const states = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => test.result().state),
  );
  const broken = modules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .filter((suite) => suite.errors().length > 0).length;
  return {
    passed: states.filter((state) => state === 'passed').length,
    failed: states.filter((state) => state === 'failed').length + broken + unhandledErrors.length,
    skipped: states.filter((state) => state === 'skipped' || state === 'pending').length,
  };
}

/** Prints the counts when the process ends, after every other reporter and warning. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const line = formatCounts(countTests(modules, unhandledErrors));
    process.once('exit', () => writeSync(process.stdout.fd, `${line}\n`));
  }
}
