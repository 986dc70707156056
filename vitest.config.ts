import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{libs,services,deploy,loadtests,docs,.ci}/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Brokers, databases and processes share two cores with the tests: what fails twice is broken.
    retry: process.env.CI === 'true' ? 1 : 0,
  },
});
