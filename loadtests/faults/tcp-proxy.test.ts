import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '#libs/transport/until.ts';
import { openTcpProxy, type ProxyAddress, type TcpProxy } from './tcp-proxy.ts';

const KIB = 1024;

describe('openTcpProxy', () => {
  let echo: Server;
  let target: ProxyAddress;
  let proxy: TcpProxy;
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const address = echo.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    target = { host: '127.0.0.1', port: address.port };
    proxy = await openTcpProxy(target);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await proxy.close();
    echo.close();
  });

  function client(): Socket {
    const socket = connect({ ...proxy.address, allowHalfOpen: true });
    sockets.push(socket);
    return socket;
  }

  /** How a connection ends that was not ended by its own side. */
  async function failure(socket: Socket): Promise<string | undefined> {
    const [error] = await once(socket, 'error').catch((reason: unknown) => [reason]);
    return (error as NodeJS.ErrnoException).code;
  }

  async function said(socket: Socket, text: string): Promise<string> {
    socket.write(text);
    const [answer] = await once(socket, 'data');
    return String(answer);
  }

  test('passes bytes and the end of each direction', async () => {
    const sent = randomBytes(3000 * KIB);
    const socket = client();
    socket.end(sent);
    expect((await buffer(socket)).equals(sent)).toBe(true);
    await until(() => proxy.connections === 0, { what: 'the connection is over' });
  });

  test('cuts what is there with a reset, and lets new connections in', async () => {
    const socket = client();
    expect(await said(socket, 'a')).toBe('a');
    const failed = failure(socket);
    proxy.cut();
    expect(await failed).toBe('ECONNRESET');
    expect(proxy.connections).toBe(0);
    expect(await said(client(), 'b')).toBe('b');
  });

  test('refuses new connections and leaves the others alone', async () => {
    const old = client();
    expect(await said(old, 'a')).toBe('a');
    proxy.set({ kind: 'refuse' });
    expect(await failure(client())).toBe('ECONNRESET');
    expect(await said(old, 'b')).toBe('b');
    proxy.set({ kind: 'pass' });
    expect(await said(client(), 'c')).toBe('c');
  });

  test('holds everything back while it stalls, and nothing is lost', async () => {
    const old = client();
    expect(await said(old, 'a')).toBe('a');
    proxy.set({ kind: 'stall' });
    const young = client();
    await once(young, 'connect');
    let came = '';
    for (const socket of [old, young]) socket.on('data', (data) => (came += String(data)));
    old.write('b');
    young.end('c');
    await until(() => proxy.connections === 2, { what: 'both are connected' });
    // Meanwhile many bytes go to the same server and back by another way.
    const other = await openTcpProxy(target);
    const third = connect(other.address);
    for (let round = 0; round < 20; round += 1) expect(await said(third, 'd')).toBe('d');
    await other.close().finally(() => third.destroy());
    expect(came).toBe('');
    proxy.set({ kind: 'pass' });
    await until(() => came.length === 2, { what: 'what was held back' });
    expect([...came].sort()).toEqual(['b', 'c']);
  });

  test('slows a connection down to bytes a second and adds latency', async () => {
    proxy.set({ kind: 'slow', bytesPerSecond: 64 * KIB, latencyMs: 150 });
    const sent = randomBytes(32 * KIB);
    const begin = performance.now();
    const socket = client();
    socket.end(sent);
    const answer = await buffer(socket);
    // Half a second at that rate, and the latency there and back; nothing bounds it from above.
    expect(performance.now() - begin).toBeGreaterThan(500 + 2 * 150);
    expect(answer.equals(sent)).toBe(true);
  });

  test('tells the client by a reset that the target is gone', async () => {
    echo.close();
    await once(echo, 'close');
    expect(await failure(client())).toBe('ECONNRESET');
  });
});
