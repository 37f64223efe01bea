import { join } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { SourceWatcher } from '../../../ports/source-watcher.ts';

/**
 * Watches where a bare repository keeps its branches: loose below `refs/heads`, packed in one
 * file. The files are not read; that one changed is all there is to tell.
 */
export function createFileSourceWatcher(options: {
  readonly repositoryPath: string;
}): SourceWatcher {
  const { repositoryPath } = options;
  let watcher: FSWatcher | null = null;
  return {
    async start(onHint) {
      if (watcher !== null) throw new Error('the watcher was started already');
      const started = watch(
        [join(repositoryPath, 'refs', 'heads'), join(repositoryPath, 'packed-refs')],
        {
          ignoreInitial: true,
          followSymlinks: false,
          // Locks come and go with every change, and say less than the change itself.
          ignored: (path) => path.endsWith('.lock'),
        },
      );
      watcher = started;
      await untilReady(started);
      started.on('all', () => {
        if (watcher === started) onHint();
      });
      // Events may be lost from here on. The source is also polled, so a hint is worth a look.
      started.on('error', () => {
        if (watcher === started) onHint();
      });
    },
    async stop() {
      const stopped = watcher;
      watcher = null;
      await stopped?.close();
    },
  };
}

/** Until the watches are in place a change would go unseen. */
async function untilReady(watcher: FSWatcher): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    watcher.once('ready', resolve);
    watcher.once('error', (error) => {
      reject(new CodedError('P404', 'the repository cannot be watched', { cause: error }));
    });
  });
}
