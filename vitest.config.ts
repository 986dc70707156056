import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{libs,services,loadtests,docs,.ci}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
