import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { ServingNode, ServingNodes } from '../../../ports/serving-nodes.ts';
import type { MemoryNodeMachine } from './machine.ts';

/** As seen by one process of the machine; all of them see the same nodes. */
export function createMemoryServingNodes(deps: {
  readonly zone: string;
  readonly build: string;
  readonly machine: MemoryNodeMachine;
}): ServingNodes {
  const { zone, build, machine } = deps;
  const name = `serve-${zone}`;
  const toNode = ({ pid, port }: { readonly pid: number; readonly port: number }): ServingNode => ({
    ...{ name, pid, url: `http://127.0.0.1:${port}` },
  });

  return {
    async ensureRunning() {
      const running = machine.nodes.get(name);
      if (running?.build === build) return toNode(running);
      machine.nodes.delete(name);
      if (machine.complaint !== null) {
        const message = `the serving node ${name} does not come up; ${machine.complaint}`;
        throw new CodedError('P810', message, { remedy: 'retry' });
      }
      machine.started += 1;
      const port = machine.ports.get(name) ?? 40_000 + machine.ports.size;
      machine.ports.set(name, port);
      const node = { pid: machine.started, port, build };
      machine.nodes.set(name, node);
      return toNode(node);
    },
    async find() {
      const running = machine.nodes.get(name);
      return running === undefined ? null : toNode(running);
    },
    async stop() {
      machine.nodes.delete(name);
    },
  };
}
