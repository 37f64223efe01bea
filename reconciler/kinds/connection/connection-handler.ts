import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { planConnection } from '../../core/plan/planners/connection.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { DataConnection, DataConnections } from '../../ports/data-connections.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import { createKeptHandler } from '../kept-handler.ts';

/** A place for data becomes a folder; made-up data is made. */
export function createConnectionHandler(ports: {
  readonly definitions: Definitions;
  readonly connections: DataConnections;
}): KindHandler {
  const { connections } = ports;
  return createKeptHandler(ports.definitions, {
    kind: 'Connection',
    plan: planConnection,
    look: async ({ live }) => {
      if (live === null) return { isThere: false, facts: {} };
      const state = await connections.observe(toConnection(live));
      if (state === 'unknown') throw new Error('its folder cannot be looked at');
      return { isThere: state === 'present', facts: {} };
    },
    make: async ({ target }) => {
      await connections.ensure(toConnection(target));
      return { notes: {} };
    },
    // Data outlives its description: whoever removes a file from Git may want it back.
    unmake: async () => undefined,
  });
}

function toConnection(form: NormalForm): DataConnection {
  const { synthetic } = toTypedSpec(form, 'Connection');
  return { name: form.metadata.name, synthetic: synthetic ?? null };
}
