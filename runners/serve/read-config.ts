import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { NodeConfig } from '../../reconciler/core/contracts/node-config.ts';

const TEXTS = ['zone', 'node', 'host', 'build'] as const;
const PATHS = ['controlFile', 'artifactsFolder', 'nodeFolder', 'processesFolder'] as const;
const MAX_PORT = 65_535;

/** The only argument of the program is the file that says what it is. Throws P601. */
export async function readNodeConfig(path: string | undefined): Promise<NodeConfig> {
  if (path === undefined) throw refuse('give the path of a configuration as the only argument');
  const value = parse(await readText(path));
  if (value['v'] !== 1) throw refuse('its version v is not 1');
  for (const name of TEXTS) {
    if (typeof value[name] !== 'string') throw refuse(`${name} is no text`);
  }
  for (const name of PATHS) {
    const place = value[name];
    if (typeof place !== 'string' || !isAbsolute(place))
      throw refuse(`${name} is no absolute path`);
  }
  const port = value['port'];
  if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > MAX_PORT) {
    throw refuse('port is no number of a port');
  }
  return value as unknown as NodeConfig;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CodedError('P601', 'the configuration of the node cannot be read', { cause });
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, as for a value that is no object.
  }
  throw refuse('it is no JSON object');
}

function refuse(what: string): CodedError {
  return new CodedError('P601', `the configuration of the node is wrong: ${what}`);
}
