/** What a data-plane node is started with: a file whose path is its only argument. */
export type NodeConfig = {
  readonly v: 1;
  readonly zone: string;
  /** The node's name: `serve-ae`. */
  readonly node: string;
  /** A loopback address. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** How to reach the control plane; the file may come later and may change. */
  readonly controlFile: string;
  /** The zone's artifact store. */
  readonly artifactsFolder: string;
  /** For the node alone: the last route table, counts on their way, its log. */
  readonly nodeFolder: string;
  /** Where the registry of processes keeps who runs. */
  readonly processesFolder: string;
  /** Changes when another build should replace the node. */
  readonly build: string;
};

/** `controlFile`: for its owner alone, and written anew whenever the control plane starts. */
export type ControlFile = {
  readonly v: 1;
  readonly url: string;
  readonly token: string;
  /** The zone's database. */
  readonly databaseUrl: string;
};
