import { describe, expect, test } from 'vitest';
import type { ResolvedConfig } from '#libs/config/resolved.ts';
import { parseRoles, ROLES, requireShareable } from './roles.ts';

type Engines = Pick<ResolvedConfig, 'transport' | 'store'>;

const KAFKA: Engines['transport'] = {
  ...{ kind: 'kafka', brokers: ['k:9092'], tls: { kind: 'off' }, blocksPartitions: 8 },
  ...{ sessionTimeoutMs: 6000, requestTimeoutMs: 6000 },
};
const POSTGRES: Engines['store'] = {
  ...{ kind: 'postgres', url: { env: 'DB' }, schema: 'plumbline', poolSize: 8 },
};
const LOCAL: Engines = { transport: { kind: 'embedded' }, store: { kind: 'sqlite' } };

test('roles come in any order, once each', () => {
  expect(parseRoles('api, profiler,api')).toEqual(['profiler', 'api']);
  expect(() => parseRoles('profiler,evalutor')).toThrow(/profiler, evaluator, api, got "evalutor"/);
});

describe('a division of the work', () => {
  test.each([
    ['the SQLite store serves one', { ...LOCAL, transport: KAFKA }],
    ['the embedded log serves one', { ...LOCAL, store: POSTGRES }],
    ['the embedded log and the SQLite store serve one', LOCAL],
  ])('is refused where %s', (reason, engines) => {
    expect(() => requireShareable(engines, { roles: ROLES, workers: 2 })).toThrow(
      `Cannot start 2 worker processes: ${reason} process`,
    );
    expect(() => requireShareable(engines, { roles: ['profiler'], workers: 0 })).toThrow(
      `Cannot start a process that is only profiler: ${reason} process`,
    );
  });

  test('is not one where a process does all', () => {
    expect(requireShareable(LOCAL, { roles: ROLES, workers: 0 })).toBeUndefined();
  });

  test('is allowed on Kafka and PostgreSQL', () => {
    const engines = { transport: KAFKA, store: POSTGRES };
    expect(requireShareable(engines, { roles: ['api'], workers: 0 })).toBeUndefined();
    expect(requireShareable(engines, { roles: ROLES, workers: 4 })).toBeUndefined();
  });
});
