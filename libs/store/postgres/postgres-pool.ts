import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { Client, type ClientConfig, Pool, type PoolConfig, types } from 'pg';
import type { PostgresSettings, PostgresTls } from './postgres-settings.ts';

/** Beyond the server's own limit, for a server that does not answer at all: so much, or twice it. */
const ANSWER_MARGIN_MS = 5_000;
const IDLE_MS = 60_000;
/** Connections are made anew now and then: after a change of DNS, of certificates, of memory. */
const LIFETIME_SECONDS = 1_800;
const KEEP_ALIVE_MS = 10_000;

const INT8 = 20;
const BYTEA = 17;
const HEX_PREFIX = '\\x'.length;

/** Makes connections as they are needed. Nothing is connected yet. */
export function postgresPool(settings: PostgresSettings): Pool {
  const { tls, statementTimeoutMs } = settings;
  // A function is never shown by whoever prints the options, and no other source is asked.
  const password = () => settings.password;
  class OwnClient extends Client {
    constructor(config: ClientConfig) {
      super({
        ...config,
        password,
        ssl: tls.kind === 'on' && connectionOptions(tls, settings.host),
      });
    }
  }
  const pool = new Pool({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    application_name: settings.applicationName,
    options: [
      // A name that is quoted cannot be anything else; the schema's name has no quotes of its own.
      `search_path="${settings.schema}"`,
      // Whatever the database's default: what was acknowledged is on the disk.
      'synchronous_commit=on',
      'default_transaction_isolation=read\\ committed',
      'bytea_output=hex',
    ]
      .map((option) => `-c ${option}`)
      .join(' '),
    max: settings.poolSize,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: Math.min(2 * statementTimeoutMs, statementTimeoutMs + ANSWER_MARGIN_MS),
    idle_in_transaction_session_timeout: settings.idleTransactionTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    enableChannelBinding: settings.channelBinding,
    // Statements follow each other without waiting for the answers.
    pipeline: true,
    // An idle store keeps no process alive.
    allowExitOnIdle: true,
    types: { getTypeParser },
    Client: OwnClient as unknown as NonNullable<PoolConfig['Client']>,
  });
  // A connection that breaks while nobody uses it is replaced when it is needed.
  pool.on('error', () => {});
  return pool;
}

/** @throws Error of `readFileSync`; the pool reports it as any failure to connect */
function connectionOptions(
  tls: PostgresTls & { readonly kind: 'on' },
  host: string,
): ConnectionOptions {
  const pem = (file: string | undefined) => file && readFileSync(file, 'utf8');
  const [ca, cert, key] = [tls.caFile, tls.certificateFile, tls.keyFile].map(pem);
  return {
    rejectUnauthorized: tls.verify !== 'none',
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    checkServerIdentity: (_name, certificate) =>
      tls.verify === 'name' ? checkServerIdentity(tls.serverName ?? host, certificate) : undefined,
  };
}

const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (oid === INT8) return parseInteger;
  if (oid === BYTEA) return parseBytes;
  return format === 'binary' ? types.getTypeParser(oid, format) : types.getTypeParser(oid);
};

function parseInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`Cannot read an integer: it must be below 2^53, got ${text}.`);
}

function parseBytes(text: string): Uint8Array {
  return Uint8Array.fromHex(text.slice(HEX_PREFIX));
}
