import type { Instance, InstanceFile } from '../../../ports/instance-file.ts';

export function createMemoryInstanceFile(): InstanceFile {
  let kept: Instance | null = null;
  return {
    read: async () => kept,
    write: async (instance) => {
      kept = { ...instance };
    },
  };
}
