import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { type Ref, toResourcePath } from '../../core/contracts/ref.ts';
import { type EndpointFacts, planEndpoint } from '../../core/plan/planners/endpoint.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import type { EndpointSettings, Routes } from '../../ports/routes.ts';
import { createKeptHandler } from '../kept-handler.ts';
import { createReleaseProposer, type ReleaseProposerPorts } from './propose-releases.ts';

export type EndpointPorts = ReleaseProposerPorts & { readonly routes: Routes };

/** An endpoint is a row of the route table; its versions come with its Release, which it asks for. */
export function createEndpointHandler(ports: EndpointPorts): KindHandler {
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
    tend: createReleaseProposer(ports),
  });
}

function toSettings({ namespace }: Ref, form: NormalForm): EndpointSettings {
  const { model, threshold, batching } = toTypedSpec(form, 'Endpoint');
  return { model: `${namespace}/${model}`, threshold, batching };
}
