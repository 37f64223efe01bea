import { once } from 'node:events';
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';

export type Exchange = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

/** One request on a connection of its own; header names and values go out as they are. */
export async function exchange(
  port: number,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly agent?: Agent;
  } = {},
): Promise<Exchange> {
  const { method = 'GET', headers = {}, agent = false } = options;
  const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

/** A connection over which exactly the given bytes go. */
export type RawConnection = {
  readonly socket: Socket;
  /** Everything that came until the other side closed. */
  readonly received: Promise<string>;
};

export async function openRaw(port: number, bytes: string): Promise<RawConnection> {
  const socket = connect({ host: '127.0.0.1', port });
  const received = new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    // A reset is one of the ways in which a server may close.
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
  await once(socket, 'connect');
  if (bytes !== '') socket.write(bytes);
  return { socket, received };
}

export async function sendRaw(port: number, bytes: string): Promise<string> {
  return (await openRaw(port, bytes)).received;
}
