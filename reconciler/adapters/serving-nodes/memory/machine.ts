export type MemoryNode = { readonly pid: number; readonly port: number; readonly build: string };

/** A machine whose nodes are numbers; it outlives whoever started them. Mutable on purpose. */
export type MemoryNodeMachine = {
  /** By name; one that crashes is taken out. */
  readonly nodes: Map<string, MemoryNode>;
  /** On which each has answered last. */
  readonly ports: Map<string, number>;
  started: number;
  /** What a node that is started now says before it ends; null when it comes up. */
  complaint: string | null;
};

export function createMemoryNodeMachine(): MemoryNodeMachine {
  return { nodes: new Map(), ports: new Map(), started: 0, complaint: null };
}
