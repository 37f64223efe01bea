import { toCanonicalJson } from '../../../core/contracts/canonical-json.ts';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isPlainName } from '../../../core/spec/target-form.ts';
import type {
  DataConnection,
  DataConnections,
  DataLocation,
} from '../../../ports/data-connections.ts';

type Synthetic = NonNullable<DataConnection['synthetic']>;

/** A disk as a table of files by path; whoever reads a located file reads it here. */
export type MemoryFiles = Map<string, Uint8Array>;

export type MemoryDataConnections = DataConnections & {
  /** As a person does who fills the folder. */
  readonly put: (location: DataLocation, bytes: Uint8Array) => void;
};

type Entry = { synthetic: Synthetic | null; made: readonly string[] };

export function createMemoryDataConnections(deps: {
  readonly files: MemoryFiles;
  /** What a scenario makes up: the bytes of each file by name. */
  readonly makeUp: (synthetic: Synthetic) => Readonly<Record<string, Uint8Array>>;
}): MemoryDataConnections {
  const { files } = deps;
  const entries = new Map<string, Entry>();
  const unmake = (name: string) => {
    for (const path of entries.get(name)?.made ?? []) files.delete(path);
  };
  return {
    async ensure({ name, synthetic }) {
      requireName(name);
      if (isAsDeclared(files, entries.get(name), synthetic)) return;
      const made = Object.entries(synthetic === null ? {} : deps.makeUp(synthetic));
      const paths = made.map(([file]) => toPath({ connection: name, path: file }));
      const ours = entries.get(name)?.made ?? [];
      const taken = paths.find((path) => files.has(path) && !ours.includes(path));
      if (taken !== undefined) {
        throw new CodedError('P801', `${taken} is in the way of made-up data: move it`);
      }
      unmake(name);
      for (const [file, bytes] of made) files.set(toPath({ connection: name, path: file }), bytes);
      entries.set(name, { synthetic, made: paths });
    },

    observe: async ({ name, synthetic }) =>
      isAsDeclared(files, entries.get(name), synthetic) ? 'present' : 'absent',

    async remove(name) {
      unmake(name);
      entries.delete(name);
    },

    async locate(location) {
      requireName(location.connection);
      const path = toPath(location);
      if (files.has(path)) return path;
      const place = `${JSON.stringify(location.path)} of the connection ${location.connection}`;
      throw new CodedError('P801', `${place} is refused: there is no such file`);
    },

    put: (location, bytes) => void files.set(toPath(location), bytes),
  };
}

function isAsDeclared(
  files: MemoryFiles,
  entry: Entry | undefined,
  synthetic: Synthetic | null,
): boolean {
  if (entry === undefined) return false;
  if (toCanonicalJson(entry.synthetic) !== toCanonicalJson(synthetic)) return false;
  return entry.made.every((path) => files.has(path));
}

function requireName(name: string): void {
  if (isPlainName(name)) return;
  throw new CodedError('P801', `${JSON.stringify(name)} is no name of a connection`);
}

/** A path that reaches elsewhere is simply the key of no file. */
function toPath({ connection, path }: DataLocation): string {
  return `memory:/connections/${connection}/${path}`;
}
