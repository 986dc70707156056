import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where a proxy connects to, or listens. */
export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}

/** What a proxy does with connections. */
export type ProxyMode =
  /** Passes everything on. */
  | { readonly kind: 'pass' }
  /** Resets each new connection as soon as it is made; those that are there go on. */
  | { readonly kind: 'refuse' }
  /** Accepts, and lets neither a byte nor the end of a connection through. */
  | { readonly kind: 'stall' }
  /** Passes on so many bytes a second each way of a connection; what comes after a silence comes
   * later by the latency. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number; readonly latencyMs: number };

/** Stands between clients and one server, and does what networks do on bad days. */
export interface TcpProxy {
  /** Where clients connect to. */
  readonly address: ProxyAddress;
  /** Connections that are open at this moment. */
  readonly connections: number;
  /** From now on, also for the connections that are there; none loses or repeats a byte. */
  set(mode: ProxyMode): void;
  /** Resets all connections that are there. */
  cut(): void;
  close(): Promise<void>;
}

/** A slowed connection passes so many slices a second on. */
const SLICES = 20;

/** Listens on a free port of 127.0.0.1 for one target; passes everything on at first. */
export async function openTcpProxy(target: ProxyAddress): Promise<TcpProxy> {
  const proxy = new PassingProxy(target);
  await proxy.listen();
  return proxy;
}

class PassingProxy implements TcpProxy {
  readonly #target: ProxyAddress;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #mode: ProxyMode = { kind: 'pass' };

  constructor(target: ProxyAddress) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get address(): ProxyAddress {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy is closed.');
    return { host: address.address, port: address.port };
  }

  get connections(): number {
    return this.#links.size;
  }

  set(mode: ProxyMode): void {
    this.#mode = mode;
    for (const link of this.#links) link.set(mode);
  }

  cut(): void {
    for (const link of this.#links) link.reset();
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #accept(client: Socket): void {
    if (this.#mode.kind === 'refuse') {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const link = new Link(client, this.#target, this.#mode);
    this.#links.add(link);
    void link.closed.then(() => this.#links.delete(link));
  }
}

/** One connection of a client, and the one that was made for it. */
class Link {
  readonly closed: Promise<unknown>;
  readonly #sockets: readonly Socket[];
  readonly #sleepers = new Set<() => void>();
  #mode: ProxyMode;

  constructor(client: Socket, target: ProxyAddress, mode: ProxyMode) {
    this.#mode = mode;
    const server = connect({ ...target, allowHalfOpen: true });
    this.#sockets = [client, server];
    this.closed = Promise.all(
      this.#sockets.map((socket) => {
        socket.setNoDelay(true);
        // What goes wrong on one side is for the other what it is: a reset.
        socket.on('error', () => this.reset());
        return new Promise((done) => socket.once('close', done));
      }),
    );
    void this.#carry(client, server);
    void this.#carry(server, client);
  }

  set(mode: ProxyMode): void {
    this.#mode = mode;
    this.#wake();
  }

  reset(): void {
    for (const socket of this.#sockets) if (!socket.destroyed) socket.resetAndDestroy();
    this.#wake();
  }

  /** One direction, up to its end. */
  async #carry(from: Socket, to: Socket): Promise<void> {
    let last = Number.NEGATIVE_INFINITY;
    try {
      // A connection that is over in one direction may go on in the other.
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        for (let rest: Buffer = chunk; rest.length > 0; ) {
          const size = await this.#allowed(last);
          if (to.destroyed) return;
          if (size === 0) continue;
          const slice = rest.subarray(0, size);
          rest = rest.subarray(size);
          await new Promise<void>((done) => to.write(slice, () => done()));
          last = performance.now();
        }
      }
      while (this.#mode.kind === 'stall' && !to.destroyed) await this.#sleep();
      to.end();
    } catch {
      this.reset();
    }
  }

  /** Waits as the mode wants and answers how many bytes may go then; 0 where it is to be asked again. */
  async #allowed(last: number): Promise<number> {
    const mode = this.#mode;
    if (mode.kind === 'stall') {
      await this.#sleep();
      return 0;
    }
    if (mode.kind !== 'slow') return Number.POSITIVE_INFINITY;
    const silent = performance.now() - last > mode.latencyMs;
    await this.#sleep(1000 / SLICES + (silent ? mode.latencyMs : 0));
    return this.#mode === mode ? Math.ceil(mode.bytesPerSecond / SLICES) : 0;
  }

  /** Until the time is over, the mode changes or the connection is reset. */
  #sleep(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(end);
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(end, ms);
      this.#sleepers.add(end);
    });
  }

  #wake(): void {
    for (const end of [...this.#sleepers]) end();
  }
}
