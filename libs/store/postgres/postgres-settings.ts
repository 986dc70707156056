import { PlumblineError } from '#libs/errors/plumbline-error.ts';

/** All that `openPostgresStore` can be told; only the address has to be. */
export interface PostgresStoreOptions {
  /**
   * `postgres://user:password@host:5432/database`, with `?sslmode=` and the like as libpq has them.
   * The host may be the percent-encoded folder of a Unix socket.
   */
  readonly url: string;
  /** Holds the tables, so that others may use the database, too; `plumbline` unless given. */
  readonly schema?: string;
  /** Most connections of this process; 8 unless given. */
  readonly poolSize?: number;
  /** PEM files, read again for each new connection. With authorities, encryption is required. */
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  /** Name that the server's certificate must carry instead of the host connected to. */
  readonly serverName?: string;
  /** How long a connection, made or free, is waited for; 10 s unless given. */
  readonly connectTimeoutMs?: number;
  /** How long the server works on one statement, locks included; 30 s unless given. */
  readonly statementTimeoutMs?: number;
  /**
   * After how long the server ends a transaction whose process does nothing, frozen for example,
   * so that others do not wait for its locks; 5 s unless given.
   */
  readonly idleTransactionTimeoutMs?: number;
  /** How the server's administrators see these connections; `plumbline` unless given. */
  readonly applicationName?: string;
}

/** How a connection is encrypted, and whom it trusts. */
export type PostgresTls =
  | { readonly kind: 'off' }
  | {
      readonly kind: 'on';
      /** Nothing of the certificate, its authority, or its name, too. */
      readonly verify: 'none' | 'authority' | 'name';
      readonly caFile?: string;
      readonly certificateFile?: string;
      readonly keyFile?: string;
      readonly serverName?: string;
    };

export interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly schema: string;
  readonly poolSize: number;
  readonly tls: PostgresTls;
  readonly channelBinding: boolean;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly idleTransactionTimeoutMs: number;
  readonly applicationName: string;
}

const DEFAULTS = {
  schema: 'plumbline',
  poolSize: 8,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 30_000,
  idleTransactionTimeoutMs: 5_000,
  applicationName: 'plumbline',
};
const PARAMETERS = [
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey'],
  ...['channel_binding', 'application_name'],
];
const FORM = 'postgres://user:password@host:5432/database';

/** @throws PLB_CONFIG_INVALID, with nothing of the address in its message: it holds a password */
export function postgresSettings(options: PostgresStoreOptions): PostgresSettings {
  const { url: text, ...given } = options;
  const { url, parameters } = parse(text);
  const merged = { ...DEFAULTS, ...given };
  if (!/^[A-Za-z0-9_-]{1,63}$/.test(merged.schema)) {
    throw invalid('schema', `must be 1 to 63 letters, digits, "_" and "-", got "${merged.schema}"`);
  }
  const counts = ['poolSize', 'connectTimeoutMs', 'statementTimeoutMs'] as const;
  for (const name of [...counts, 'idleTransactionTimeoutMs'] as const) {
    const value = merged[name];
    if (!Number.isSafeInteger(value) || value < 1) {
      throw invalid(name, `must be an integer of at least 1, got ${value}`);
    }
  }
  const database = part(url.pathname.slice(1));
  const user = part(url.username);
  if (user === '') throw badUrl('must name a user');
  if (/[/@]/.test(database)) throw badUrl('must name one database');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '') throw badUrl('must name a host');
  return Object.freeze({
    host: part(host),
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password: part(url.password),
    database: database || user,
    schema: merged.schema,
    poolSize: merged.poolSize,
    tls: tlsOf(options, parameters),
    channelBinding: parameters.get('channel_binding') === 'require',
    connectTimeoutMs: merged.connectTimeoutMs,
    statementTimeoutMs: merged.statementTimeoutMs,
    idleTransactionTimeoutMs: merged.idleTransactionTimeoutMs,
    applicationName: given.applicationName ?? parameters.get('application_name') ?? 'plumbline',
  });
}

function parse(text: string): { readonly url: URL; readonly parameters: URLSearchParams } {
  // Neither the address nor an error that quotes it may go any further.
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hash !== '') {
    throw badUrl(`must look like ${FORM}`);
  }
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    const named = /^[a-z_]+$/.test(unknown) ? `, got "${unknown}"` : '';
    throw badUrl(`may have the parameters ${PARAMETERS.join(', ')}${named}`);
  }
  return { url, parameters: url.searchParams };
}

/** As libpq reads `sslmode`, but never "encrypt if it happens to work". */
function tlsOf(options: PostgresStoreOptions, parameters: URLSearchParams): PostgresTls {
  const files = {
    caFile: options.caFile ?? parameters.get('sslrootcert'),
    certificateFile: options.certificateFile ?? parameters.get('sslcert'),
    keyFile: options.keyFile ?? parameters.get('sslkey'),
    serverName: options.serverName,
  };
  const given = Object.fromEntries(Object.entries(files).filter(([, value]) => value));
  const wanted = Object.keys(given).length > 0;
  const mode = parameters.get('sslmode') ?? (wanted ? 'verify-full' : 'disable');
  switch (mode) {
    case 'disable':
      if (wanted) throw badUrl(`must not have sslmode=disable together with ${Object.keys(given)}`);
      return { kind: 'off' };
    case 'require':
      return { kind: 'on', verify: files.caFile ? 'authority' : 'none', ...given };
    case 'verify-ca':
      return { kind: 'on', verify: 'authority', ...given };
    case 'verify-full':
      return { kind: 'on', verify: 'name', ...given };
    default:
      throw badUrl('must have sslmode=disable, require, verify-ca or verify-full');
  }
}

function part(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl('must be percent-encoded');
  }
}

function badUrl(must: string): PlumblineError {
  return invalid(
    'url',
    `${must}; it is not shown, as it holds a password`,
    'Percent-encode what is not a letter or digit in user and password (@ is %40, / is %2F).',
  );
}

function invalid(name: string, must: string, fix?: string): PlumblineError {
  return new PlumblineError('PLB_CONFIG_INVALID', `Cannot open the store: ${name} ${must}.`, {
    path: `store.postgres.${name}`,
    ...(fix === undefined ? {} : { fix }),
  });
}
