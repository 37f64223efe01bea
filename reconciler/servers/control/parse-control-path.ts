import { CodedError } from '../../core/contracts/coded-error.ts';

export type ControlTask = 'routes' | 'acknowledgements' | 'counters';

export type ControlPath = {
  readonly zone: string;
  readonly task: ControlTask;
  readonly query: string;
};

const METHODS: Readonly<Record<ControlTask, 'GET' | 'POST'>> = {
  routes: 'GET',
  acknowledgements: 'POST',
  counters: 'POST',
};

/** The names that a Zone may have need no decoding, so nothing is decoded. */
const PATH =
  /^\/v1\/zones\/([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)\/(routes|acknowledgements|counters)$/;

export function parseControlPath(method: string, url: string, maxLength: number): ControlPath {
  if (url.length > maxLength) {
    throw new CodedError('P708', `the address has more than ${maxLength} characters`);
  }
  const at = url.indexOf('?');
  const [, zone, task] = PATH.exec(at === -1 ? url : url.slice(0, at)) ?? [];
  if (zone === undefined || task === undefined) {
    throw new CodedError('P701', 'there is nothing under this path');
  }
  const known = task as ControlTask;
  if (method !== METHODS[known]) {
    throw new CodedError('P702', `only ${METHODS[known]} is answered here`);
  }
  return { zone, task: known, query: at === -1 ? '' : url.slice(at + 1) };
}
