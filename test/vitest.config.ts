import { defineConfig } from 'vitest/config';

const project = (name: string) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`] },
});

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    projects: ['unit', 'contract', 'simulation', 'scenario', 'house'].map(project),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
