import type { ErrorCode } from '#libs/errors/catalogue.ts';
import { type ErrorDetail, PlumblineError } from '#libs/errors/plumbline-error.ts';

const REACH_FIX =
  'Check that the server runs, and that this machine may reach it; it is tried again.';

/** What a failure may say of the server: all of it but the password. */
export interface PostgresPlace {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

type Description = { readonly code: ErrorCode; readonly message: string } & Pick<
  ErrorDetail,
  'fix'
>;

/** An error of the server, or of the way to it, with what the driver must know to go on. */
export class PostgresFailure extends PlumblineError {
  /** Five characters where the server answered: https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly sqlState: string | undefined;
  /** Whether the connection is of no use any more. */
  readonly connectionLost: boolean;

  constructor(place: PostgresPlace, error: unknown) {
    const { sqlState, severity, said } = read(error);
    const { code, message, fix } = describe(place, sqlState, said);
    super(code, message, { path: 'store.postgres', ...(fix === undefined ? {} : { fix }) });
    this.sqlState = sqlState;
    this.connectionLost =
      sqlState === undefined ||
      severity === 'FATAL' ||
      severity === 'PANIC' ||
      // A primary became a standby: another connection may find the new primary.
      sqlState === '25006';
  }

  /** Whether the same transaction, run again, may well succeed: it lost against another one. */
  get lostRace(): boolean {
    return this.sqlState === '40001' || this.sqlState === '40P01';
  }
}

interface Reading {
  readonly sqlState: string | undefined;
  readonly severity: string | undefined;
  readonly said: string;
}

function read(error: unknown): Reading {
  const { code, severity, message, errors } = error as {
    readonly code?: unknown;
    readonly severity?: unknown;
    readonly message?: unknown;
    /** Of an AggregateError: one for each address of the host. */
    readonly errors?: readonly { readonly message?: unknown }[];
  };
  const parts = errors?.map((each) => String(each.message)) ?? [];
  const answered = typeof severity === 'string' && typeof code === 'string';
  return {
    sqlState: answered ? code : undefined,
    severity: answered ? severity : undefined,
    said: String(message || parts.join('; ') || code || error),
  };
}

function describe(place: PostgresPlace, sqlState: string | undefined, said: string): Description {
  const { host, port, database, user } = place;
  const where = `PostgreSQL at ${host}:${port}, database ${database}`;
  const unavailable = (must: string, fix?: string): Description => ({
    code: 'PLB_STORE_UNAVAILABLE',
    message: `Cannot use ${where}: ${must}, got "${said}".`,
    ...(fix === undefined ? {} : { fix }),
  });
  // The login itself fails on this side when the server asks for a password and there is none.
  const kind = said.startsWith('SASL') ? '28' : sqlState?.slice(0, 2);
  switch (kind) {
    case undefined:
      return unavailable('it must be reachable and answer in time', REACH_FIX);
    case '08':
    case '57':
      return unavailable('it must be up and answer in time', REACH_FIX);
    case '28':
      return unavailable(
        `it must let ${user} in`,
        'Check user and password of store.postgres.url, and pg_hba.conf of the server.',
      );
    case '3D':
      return unavailable('the database must exist', `Create it: CREATE DATABASE ${database}.`);
    case '40':
      return {
        code: 'PLB_STORE_CONFLICT',
        message: `Cannot commit to ${where}: no other writer may be in the way, got "${said}".`,
      };
    case '58':
    case 'XX':
      return unavailable('its files must be readable, writable and undamaged');
  }
  switch (sqlState) {
    case '53100':
      return {
        code: 'PLB_STORE_FULL',
        message: `Cannot write to ${where}: its disk must have space left, got "${said}".`,
        fix: 'Free space, grow the disk, or shorten the retention; nothing was half-written.',
      };
    case '53000':
    case '53200':
    case '53300':
    case '53400':
      return unavailable(
        'it must have connections and memory left',
        'Raise max_connections of the server, or lower store.postgres.pool_size.',
      );
    case '25006':
      return unavailable(
        'it must accept writes, not be a standby',
        'Name the primary in store.postgres.url.',
      );
    case '25P03':
      return unavailable('a transaction must go on without a long pause of this process');
    case '42501':
      return unavailable(
        `${user} must have the rights to its tables`,
        `Grant them: GRANT CREATE, CONNECT ON DATABASE ${database} TO ${user}.`,
      );
    case '55P03':
      return unavailable('locks must be free in time');
    default:
      return {
        code: 'PLB_INTERNAL',
        message: `Cannot run a statement on ${where}: ${said} (${sqlState})`,
      };
  }
}
