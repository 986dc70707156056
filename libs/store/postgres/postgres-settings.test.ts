import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { postgresSettings } from './postgres-settings.ts';

const SECRET = 'tr0ub4dor';

function refusal(options: Parameters<typeof postgresSettings>[0]): PlumblineError {
  try {
    postgresSettings(options);
  } catch (error) {
    if (error instanceof PlumblineError) return error;
  }
  throw new Error(`Nobody refused ${inspect(options)}`);
}

describe('the address', () => {
  test.each([
    ['postgres://u:p@db.example/shop', { host: 'db.example', port: 5432, database: 'shop' }],
    ['postgresql://u@[::1]:6000', { host: '::1', port: 6000, database: 'u', password: '' }],
    [
      'postgres://a%40b:x%2Fy%3F%23%25@h/d%20b',
      { user: 'a@b', password: 'x/y?#%', database: 'd b' },
    ],
    ['postgres://u@%2Frun%2Fpg/d', { host: '/run/pg' }],
    ['postgres://u@h/d?application_name=mine', { applicationName: 'mine' }],
    ['postgres://u@h/d', { applicationName: 'plumbline', schema: 'plumbline', poolSize: 8 }],
    ['postgres://u@h/d?channel_binding=require', { channelBinding: true }],
  ])('%s', (url, expected) => {
    expect(postgresSettings({ url })).toMatchObject(expected);
  });

  test.each([
    '',
    SECRET,
    `mysql://u:${SECRET}@h/d`,
    `postgres:///${SECRET}`,
    `postgres://h/d?password=${SECRET}`,
    `postgres://:${SECRET}@h/d`,
    // What was not percent-encoded and now stands in another part of the address.
    `postgres://u:1/${SECRET}@h/d`,
    `postgres://u:1?${SECRET}@h/d`,
    `postgres://u:1#${SECRET}@h/d`,
    `postgres://u:${SECRET}/x@h/d`,
    `postgres://u:x@h?${SECRET}@h/d`,
    `postgres://u:x@h/${SECRET}@h/d`,
    `postgres://u:x#${SECRET}@h/d`,
    `postgres://u:%E0${SECRET}@h/d`,
    `postgres://u:${SECRET}@h:port/d`,
    `postgres://u:${SECRET}@h/d?options=-c`,
    `postgres://u:${SECRET}@h/d?sslmode=prefer`,
    `postgres://u:${SECRET}@`,
  ])('%s is refused without showing it', (url) => {
    const error = refusal({ url });
    expect(error).toMatchObject({
      code: 'PLB_CONFIG_INVALID',
      detail: { path: 'store.postgres.url' },
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  });

  test('a parameter that is not known is named', () => {
    expect(refusal({ url: 'postgres://u@h/d?sslmodus=require' }).message).toContain('"sslmodus"');
  });
});

describe('encryption', () => {
  test.each([
    ['', {}, { kind: 'off' }],
    ['?sslmode=disable', {}, { kind: 'off' }],
    ['?sslmode=require', {}, { kind: 'on', verify: 'none' }],
    ['?sslmode=verify-ca', {}, { kind: 'on', verify: 'authority' }],
    ['?sslmode=verify-full', {}, { kind: 'on', verify: 'name' }],
    ['', { caFile: 'a' }, { kind: 'on', verify: 'name', caFile: 'a' }],
    ['?sslmode=require', { caFile: 'a' }, { kind: 'on', verify: 'authority', caFile: 'a' }],
    [
      '?sslrootcert=r',
      { serverName: 's' },
      { kind: 'on', verify: 'name', caFile: 'r', serverName: 's' },
    ],
    ['?sslcert=c&sslkey=k', {}, { kind: 'on', verify: 'name', certificateFile: 'c', keyFile: 'k' }],
  ])('%s with %o', (query, options, expected) => {
    expect(postgresSettings({ url: `postgres://u@h/d${query}`, ...options }).tls).toEqual(expected);
  });

  test('files for a connection that is not encrypted are a contradiction', () => {
    const url = 'postgres://u@h/d?sslmode=disable';
    expect(refusal({ url, caFile: 'a' }).message).toContain('caFile');
  });
});

test.each([
  { schema: '' },
  { schema: 'a"b' },
  { schema: 'a b' },
  { schema: 'x'.repeat(64) },
  { poolSize: 0 },
  { statementTimeoutMs: 1.5 },
  { connectTimeoutMs: Number.POSITIVE_INFINITY },
])('%o is refused', (given) => {
  const [name = ''] = Object.keys(given);
  expect(refusal({ url: 'postgres://u@h/d', ...given })).toMatchObject({
    code: 'PLB_CONFIG_INVALID',
    detail: { path: `store.postgres.${name}` },
  });
});
