import { findInLines, type Rule } from '../tree.ts';

/** A file that names somebody's registry or folder works only where it was written. */
export const machineNames: Rule = {
  name: 'machine-names',
  check: (tree) =>
    tree.files.flatMap((file) =>
      BANS.filter(({ files }) => files.test(file.path)).flatMap(({ pattern, advice }) =>
        findInLines(file, pattern, ([found]) => `${found.trim()}: ${advice}`),
      ),
    ),
};

const BANS: readonly {
  readonly files: RegExp;
  readonly pattern: RegExp;
  readonly advice: string;
}[] = [
  {
    files: /./,
    pattern: /\bregistry\.npm\w*\.|\bpypi\.\w|\bpythonhosted\.|\bproxy\.golang\.|\bcrates\.io\b/,
    advice: 'leave the registry to the settings of the machine',
  },
  {
    files: /./,
    pattern: /(^|[\s'"`(=:])\/(work|root|home\/(?!you\b)\w+)\//,
    advice: 'use a path relative to the repo, or `/srv` in an example',
  },
  {
    files: /^package-lock\.json$/,
    pattern: /"resolved": "https?:/,
    advice: 'run npm install with omit-lockfile-registry-resolved (it is in .npmrc)',
  },
  {
    files: /^\.npmrc$/,
    pattern: /registry\s*=|_auth/,
    advice: 'leave the registry to the settings of the machine',
  },
];
