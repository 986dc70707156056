import { afterAll, beforeAll, describe, test } from 'vitest';
import { findPostgres } from './postgres-program.ts';
import { type PostgresOptions, startPostgres, type TestPostgres } from './start-postgres.ts';

/**
 * A suite with a real server of its own, which runs from the suite's first test to its last. Where
 * the server cannot run the suite is skipped and its name says why; under CI=true it fails instead.
 */
export function describeOnPostgres(
  name: string,
  body: (server: () => TestPostgres) => void,
  options: PostgresOptions = {},
): void {
  const program = findPostgres();
  if ('missing' in program) {
    const title = `${name} (not run: ${program.missing})`;
    if (process.env.CI === 'true') {
      test(title, () => {
        throw new Error(`Cannot test on PostgreSQL: ${program.missing}.`);
      });
    } else {
      describe.skip(title, () => test('needs PostgreSQL'));
    }
    return;
  }
  describe(name, () => {
    let server: TestPostgres | undefined;
    beforeAll(async () => {
      server = await startPostgres(options);
    });
    afterAll(() => server?.stop());
    body(() => {
      if (server === undefined) throw new Error('The server is started before the first test.');
      return server;
    });
  });
}
