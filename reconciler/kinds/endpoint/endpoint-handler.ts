import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { type Ref, toResourcePath } from '../../core/contracts/ref.ts';
import { type EndpointFacts, planEndpoint } from '../../core/plan/planners/endpoint.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import type { EndpointSettings, Routes } from '../../ports/routes.ts';
import { createKeptHandler } from '../kept-handler.ts';

/** An endpoint is a row of the route table; its versions come with its Release. */
export function createEndpointHandler(ports: {
  readonly definitions: Definitions;
  readonly routes: Routes;
}): KindHandler {
  const { routes } = ports;
  return createKeptHandler(ports.definitions, {
    kind: 'Endpoint',
    plan: planEndpoint,
    look: async (_state, ref) => {
      const { endpoints } = await routes.read();
      const route = endpoints.find(({ endpoint }) => endpoint === toResourcePath(ref));
      const facts: EndpointFacts = { versions: route?.versions.length ?? 0 };
      return { isThere: route !== undefined, facts };
    },
    make: async ({ effect, target, fence }) => {
      const settings = toSettings(effect.ref, target);
      await routes.raiseFence(fence);
      await routes.putEndpoint(fence, toResourcePath(effect.ref), settings);
      return { notes: {} };
    },
    unmake: async ({ effect, fence }) => {
      await routes.raiseFence(fence);
      await routes.putEndpoint(fence, toResourcePath(effect.ref), null);
    },
  });
}

function toSettings({ namespace }: Ref, form: NormalForm): EndpointSettings {
  const { model, threshold, batching } = toTypedSpec(form, 'Endpoint');
  return { model: `${namespace}/${model}`, threshold, batching };
}
