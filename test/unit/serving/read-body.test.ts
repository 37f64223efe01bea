import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createBodyReader } from '../../../runners/serve/http/read-body.ts';

const MEBIBYTE = 1024 * 1024;
const LIMITS = { maxBodyBytes: MEBIBYTE, maxBodyBytesTogether: 4 * MEBIBYTE };

function makeRequest(): IncomingMessage & PassThrough {
  const request = new PassThrough({ highWaterMark: MEBIBYTE });
  return Object.assign(request, { headers: {} }) as unknown as IncomingMessage & PassThrough;
}

/** Bodies that stop in the middle, with all that they sent already read. */
async function holdBodies(reader: ReturnType<typeof createBodyReader>, count: number) {
  const held = Array.from({ length: count }, () => {
    const request = makeRequest();
    return { request, read: reader.readJson(request).catch((error: unknown) => error) };
  });
  for (const { request } of held) {
    await new Promise((resolve) => request.write(Buffer.alloc(MEBIBYTE - 8, 'x'), resolve));
  }
  return held;
}

function readText(reader: ReturnType<typeof createBodyReader>, text: string): Promise<unknown> {
  const request = makeRequest();
  const read = reader.readJson(request);
  request.end(text);
  return read;
}

const toText = (bytes: number): string => JSON.stringify('y'.repeat(bytes - 2));

describe('bodies that stop in the middle', () => {
  it('keep out large ones until they go, and small ones never', async () => {
    const reader = createBodyReader(LIMITS);
    const held = await holdBodies(reader, 4);
    await expect(readText(reader, toText(MEBIBYTE / 2))).rejects.toMatchObject({ code: 'P710' });
    expect(await readText(reader, '[1, 2]')).toEqual([1, 2]);
    expect(await readText(reader, toText(64 * 1024))).toHaveLength(64 * 1024 - 2);
    for (const { request } of held) request.destroy();
    await Promise.all(held.map(({ read }) => read));
    expect(await readText(reader, toText(MEBIBYTE / 2))).toHaveLength(MEBIBYTE / 2 - 2);
  });
});
