import type { StatePaths } from '../cli/state-paths.ts';
import type { ParsedFiles } from '../ports/parsed-files.ts';

/** What was parsed before in this installation, by whichever command. */
export async function openParsedFiles(paths: StatePaths): Promise<ParsedFiles> {
  const { createFileParsedFiles } = await import('../adapters/parsed-files/file/parsed-files.ts');
  return createFileParsedFiles(paths.parsedFiles);
}
