import type { Plant } from './plant.ts';

const LEFT_PERCENT = 5;

export const rollbackStopsEarly: Plant = {
  name: 'rollback-stops-early',
  bug: `a version that is taken back keeps ${LEFT_PERCENT} % of the traffic`,
  foundBy: ['I-04'],
  wrapServing: (ports) => ({
    ...ports,
    routes: {
      ...ports.routes,
      putVersions: async (fence, endpoint, versions) => {
        const { endpoints } = await ports.routes.read();
        const before = endpoints.find((one) => one.endpoint === endpoint)?.versions ?? [];
        const [only, ...others] = versions ?? [];
        const stable = before.findLast(({ percent }) => percent >= 50);
        const gone = before.find(({ version }) => version !== only?.version);
        const isBack = others.length === 0 && only?.version === stable?.version;
        if (only === undefined || gone === undefined || !isBack) {
          return ports.routes.putVersions(fence, endpoint, versions);
        }
        const left = [
          { ...only, percent: 100 - LEFT_PERCENT },
          { ...gone, percent: LEFT_PERCENT },
        ];
        return ports.routes.putVersions(fence, endpoint, left);
      },
    },
  }),
};
