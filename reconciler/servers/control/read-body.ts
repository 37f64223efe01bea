import type { IncomingMessage } from 'node:http';
import { CodedError } from '../../core/contracts/coded-error.ts';
import {
  type ContractByName,
  type ContractName,
  parseContract,
} from '../../core/contracts/parse-contract.ts';

/** A body of this contract; refused with P707 for its size and with P703 for what it says. */
export async function readBody<Name extends ContractName>(
  request: IncomingMessage,
  name: Name,
  maxBytes: number,
): Promise<ContractByName[Name]> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const parsed = parseContract(name, toText(await readBytes(request, maxBytes)));
  if (parsed.state === 'valid') return parsed.value;
  throw new CodedError('P703', `the body is no ${name}: ${parsed.why}`);
}

/** The server's time limit for a request ends a body that never does. */
async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CodedError('P703', 'the body is not UTF-8 text');
  }
}

function tooLarge(maxBytes: number): CodedError {
  return new CodedError('P707', `the body has more than ${maxBytes} bytes`);
}
