/**
 * What one revision may ask of the reader. The repo is written by strangers: each limit keeps one
 * commit from stopping everybody, and is far above what a repo written by hand or by a renderer
 * reaches (10,000 resources of 60 lines are 15 MB).
 */
export const LIMITS = {
  /** A file that holds Plumbline documents. Parsing takes about 100 ms at this size. */
  fileBytes: 256 * 1024,
  /** A file is looked into up to here, to see that it holds none. */
  foreignFileBytes: 4 * 1024 * 1024,
  documentsPerFile: 500,
  /** Scalars, brackets, indicators, comments and line ends. A 256 KiB file has about 75,000. */
  tokensPerFile: 100_000,
  /** Maps and lists inside each other in one of our documents. */
  depth: 32,
  /** In documents that are not ours, where the parser would exhaust its stack long after this. */
  parserStack: 256,
  yamlFiles: 20_000,
  yamlBytes: 64 * 1024 * 1024,
  documents: 20_000,
  /** Names of other resources, in all documents together. */
  references: 200_000,
  diagnosticsPerFile: 100,
  diagnostics: 2_000,
} as const;
