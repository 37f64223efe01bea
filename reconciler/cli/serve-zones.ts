import type { ZoneHost } from '../engine/zone-host.ts';
import type { RunningInstallation } from './commands/up.ts';
import type { Opened } from './opened.ts';

/** Answers HTTP first, so that whoever asks sees the zones begin, and then runs them. */
export async function serveZones(deps: {
  readonly host: ZoneHost;
  readonly server: {
    readonly start: () => Promise<{ readonly port: number }>;
    readonly stop: () => Promise<void>;
  };
  /** Tells other commands where this process can be reached. */
  readonly announce: (port: number) => Promise<void>;
  /** What to do when no zone is acted for any more, before anything else is closed. */
  readonly afterDrain: () => Promise<void>;
  readonly listNodes: RunningInstallation['listNodes'];
  readonly onStep: (text: string) => void;
  readonly opened: Opened;
}): Promise<RunningInstallation> {
  const { host, server, opened } = deps;
  const { port } = await server.start();
  opened.add(server.stop);
  await deps.announce(port);
  const url = `http://127.0.0.1:${port}/`;
  deps.onStep(`reconciler runs, status page at ${url}`);
  const stop = new AbortController();
  const done = host.run(stop.signal);
  // Who waits for it may still be at something else when it fails.
  done.catch(() => undefined);
  opened.add(deps.afterDrain);
  opened.add(async () => {
    stop.abort();
    await done.catch(() => undefined);
  });
  return { url, readStatus: host.status, listNodes: deps.listNodes, done, stop: opened.closeAll };
}
