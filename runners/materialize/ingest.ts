import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { Json, JsonObject } from '../../reconciler/core/contracts/json.ts';

export type IngestDeps = {
  readonly resolvePath: (path: string) => string;
  readonly scratchFolder: string;
};

export async function ingest(_job: Json, _deps: IngestDeps): Promise<JsonObject> {
  throw new CodedError('P808', 'ingest is not built yet');
}
