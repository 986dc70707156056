import net from 'node:net';
import tls from 'node:tls';
import type { KafkaApiVersions, KafkaProtocol } from 'kafkajs/src/broker/index.js';
import { KafkaJSConnectionError } from 'kafkajs/src/errors.js';
import Connection from 'kafkajs/src/network/connection.js';
import ConnectionPool from 'kafkajs/src/network/connectionPool.js';
import { kafkaLogger } from './kafka-logger.ts';
import type { Credentials } from './kafka-security.ts';
import type { KafkaSettings } from './kafka-settings.ts';

const KEEP_ALIVE_MS = 30_000;
/** A login whose session ends within this is renewed before the next request. */
const REAUTHENTICATE_BEFORE_MS = 1000;

export interface ReliablePoolOptions {
  readonly host: string;
  readonly port: number;
  readonly settings: KafkaSettings;
  credentials(): Promise<Credentials>;
}

/**
 * The two connections to one broker, with what kafkajs's own pool lacks:
 * - a connection that was lost is replaced by a new object. kafkajs connects the old one again,
 *   with the half-read answer of the old socket in its buffer and the old socket's events on it;
 * - callers that meet while it connects share one attempt; kafkajs opens a socket for each, and
 *   mixes their bytes;
 * - a request that gets no answer in time ends its connection, else all that follow would wait for
 *   the same dead socket; so does a refused login, which leaves an unusable state behind;
 * - certificates and secrets are read anew for each connection;
 * - after each answer kafkajs sets a timer with a negative time, even if no request waits;
 * - Nagle's algorithm is off; every error tells its broker.
 */
export class ReliablePool extends ConnectionPool {
  readonly #options: Connection.Options;
  readonly #credentials: () => Promise<Credentials>;
  readonly #connecting: (Promise<Connection> | undefined)[] = [];
  #versions: KafkaApiVersions | undefined;
  #supportsAuthentication: boolean | undefined;
  #closed = false;

  constructor({ host, port, settings, credentials }: ReliablePoolOptions) {
    const options: Connection.Options = {
      host,
      port,
      logger: kafkaLogger(settings),
      socketFactory,
      ssl: null,
      // Broker only asks whether there is a login at all; each connection gets its own.
      sasl: settings.sasl === undefined ? null : {},
      clientId: settings.clientId,
      connectionTimeout: settings.connectTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      reauthenticationThreshold: REAUTHENTICATE_BEFORE_MS,
      enforceRequestTimeout: true,
      maxInFlightRequests: null,
    };
    super(options);
    this.#options = options;
    this.#credentials = credentials;
  }

  get #address(): string {
    return `${this.host}:${this.port}`;
  }

  override setVersions(versions: KafkaApiVersions): void {
    this.#versions = versions;
    super.setVersions(versions);
  }

  override setSupportAuthenticationProtocol(isSupported: boolean): void {
    this.#supportsAuthentication = isSupported;
    super.setSupportAuthenticationProtocol(isSupported);
  }

  override async getConnection(index = 0): Promise<Connection> {
    const connection = this.pool[index];
    if (connection?.isConnected()) return connection;
    this.#connecting[index] ??= this.#connect(index).finally(() => {
      this.#connecting[index] = undefined;
    });
    return this.#connecting[index];
  }

  override async send<T>(protocol: KafkaProtocol<T>): Promise<T> {
    const connection = await this.getConnectionByRequest(protocol);
    try {
      return await connection.send(protocol);
    } catch (error) {
      throw this.#failed(connection, error);
    }
  }

  /** Broker calls this when one of the two connections has ended; the other one may go on. */
  override async destroy(): Promise<void> {}

  /** Ends both connections at once; the requests under way fail. */
  close(): void {
    this.#closed = true;
    for (const connection of this.pool) end(connection, this.#lost('closed by this client'));
  }

  async #connect(index: number): Promise<Connection> {
    const { ssl, sasl } = await this.#credentials();
    const before = this.pool[index];
    if (before !== undefined) end(before, this.#lost('replaced'));
    const connection: Connection = new CheckedConnection({ ...this.#options, ssl, sasl }, (error) =>
      this.#failed(connection, error),
    );
    if (this.#versions !== undefined) connection.setVersions(this.#versions);
    if (this.#supportsAuthentication !== undefined) {
      connection.setSupportAuthenticationProtocol(this.#supportsAuthentication);
    }
    this.pool[index] = connection;
    try {
      await connection.connect();
      if (this.#closed) throw this.#lost('closed by this client');
    } catch (error) {
      end(connection, this.#lost('not connected'));
      throw error;
    }
    return connection;
  }

  #failed(connection: Connection, error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const { type } = error as { type?: string };
    if (
      error.name === 'KafkaJSRequestTimeoutError' ||
      error.name === 'KafkaJSSASLAuthenticationError' ||
      type === 'ILLEGAL_SASL_STATE'
    ) {
      end(connection, this.#lost('closed by this client'));
    }
    if (!('broker' in error) || error.broker === undefined) {
      Object.assign(error, { broker: this.#address });
    }
    return error;
  }

  #lost(why: string): Error {
    return new KafkaJSConnectionError(`Connection ${why}`, { broker: this.#address });
  }
}

/** A connection whose failed login is told to its pool, and that sets no needless timers. */
class CheckedConnection extends Connection {
  readonly #failed: (error: unknown) => unknown;

  constructor(options: Connection.Options, failed: (error: unknown) => unknown) {
    super(options);
    this.#failed = failed;
    const { requestQueue } = this;
    const schedule = requestQueue.scheduleCheckPendingRequests.bind(requestQueue);
    requestQueue.scheduleCheckPendingRequests = () => {
      if (requestQueue.pending.length > 0) schedule();
    };
  }

  override async authenticate(): Promise<void> {
    try {
      await super.authenticate();
    } catch (error) {
      throw this.#failed(error);
    }
  }
}

/** Ends a connection at once, whatever is under way on it. */
function end(connection: Connection, error: Error): void {
  connection.rejectRequests(error);
  connection.socket?.destroy(error);
  void connection.disconnect();
}

function socketFactory({ host, port, ssl, onConnect }: SocketTarget): net.Socket {
  const socket =
    ssl === null
      ? net.connect({ host, port }, onConnect)
      : tls.connect(
          { host, port, ...(net.isIP(host) === 0 ? { servername: host } : {}), ...ssl },
          onConnect,
        );
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  socket.setNoDelay(true);
  return socket;
}

type SocketTarget = Parameters<Connection.Options['socketFactory']>[0];
