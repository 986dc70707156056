import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startApi } from './listen.ts';
import type { ApiOptions } from './options.ts';
import { publication, publish, streamStatus, testOptions } from './test-api.ts';

async function start(overrides: Partial<ApiOptions> = {}) {
  const context = await testOptions(overrides);
  const api = await startApi({ ...context.options, host: '127.0.0.1', port: 0 });
  onTestFinished(() => api.close());
  return { api, ...context };
}

/** Waits until the expectation holds; a busy machine may take its time. */
function eventually(expectation: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(expectation, { timeout: 20_000, interval: 5 });
}

/** Listens to live events with a plain HTTP client. */
async function listen(url: string) {
  const request: ClientRequest = get(url);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<'end' | 'cut'>((resolve) => {
    response.once('end', () => resolve('end'));
    response.once('error', () => resolve('cut'));
  });
  onTestFinished(() => void request.destroy());
  return { request, response, ended, text: () => text };
}

test('a host that others can reach is refused before anything listens', async () => {
  const { options } = await testOptions();
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'example.org', '127.0.0.1.example.org']) {
    await expect(startApi({ ...options, host, port: 0 })).rejects.toMatchObject({
      code: 'PLB_LISTEN_HOST',
      detail: { path: 'server.host' },
    });
  }
});

test('a port in use is named with what to do', async () => {
  const { api, options } = await start();
  await expect(startApi({ ...options, host: '127.0.0.1', port: api.port })).rejects.toMatchObject({
    code: 'PLB_LISTEN_PORT',
    message: expect.stringContaining(String(api.port)),
    detail: { path: 'server.port', fix: expect.stringContaining('another port') },
  });
  await expect(startApi({ ...options, host: '127.0.0.1', port: 70_000 })).rejects.toMatchObject({
    code: 'PLB_LISTEN_PORT',
  });
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
});

test('publications and stream changes reach a listening client', async () => {
  const { api, store } = await start();
  const client = await listen(`${api.url}/api/v1/events`);
  expect(client.response.headers['content-type']).toBe('text/event-stream');
  expect(client.response.headers['content-security-policy']).toBeDefined();
  await eventually(() => expect(client.text()).toContain('retry: '));
  await publish(store, publication(0), publication(1));
  await store.putStreamStatus(streamStatus());
  await eventually(() => expect(client.text()).toContain('event: stream'));
  const events = client
    .text()
    .split('\n\n')
    .filter((block) => block.startsWith('event: '))
    .map((block) => {
      const [name, data] = block.split('\n');
      return [name?.slice(7), JSON.parse(data?.slice(6) ?? '')];
    });
  expect(events).toEqual([
    [
      'evaluation',
      {
        namespace: 'default',
        monitor: 'fraud',
        window: { start: '2001-01-01T00:00:00.000Z', end: '2001-01-01T01:00:00.000Z' },
        revision: 1,
        events: 500,
      },
    ],
    ['evaluation', expect.objectContaining({ window: expect.anything() })],
    ['stream', expect.objectContaining({ stream: 'scored', condition: 'live' })],
  ]);
});

test('a client of another namespace hears nothing but heartbeats', async () => {
  const { api, store } = await start({ live: { heartbeatMs: 20 } });
  const other = await listen(`${api.url}/api/v1/events?namespace=other`);
  const own = await listen(`${api.url}/api/v1/events?namespace=default`);
  await publish(store, publication(0));
  await eventually(() => expect(own.text()).toContain('event: evaluation'));
  const length = other.text().length;
  await eventually(() => expect(other.text().length).toBeGreaterThan(length + 20));
  expect(other.text()).not.toContain('event:');
  expect(other.text()).toContain(': still here\n\n');
});

test('many clients listen; one too many is told so', async () => {
  const { api, store, events } = await start({ live: { maxClients: 50 } });
  const clients = await Promise.all(
    Array.from({ length: 50 }, () => listen(`${api.url}/api/v1/events`)),
  );
  const refused = await fetch(`${api.url}/api/v1/events`);
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: 'PLB_OVERLOADED', retry: true });
  await publish(store, publication(0));
  await eventually(() => {
    for (const client of clients) expect(client.text()).toContain('event: evaluation');
  });
  clients[0]?.request.destroy();
  await eventually(() =>
    expect(events.findLast(({ type }) => type === 'live_clients')).toEqual({
      type: 'live_clients',
      clients: 49,
      change: 'left',
    }),
  );
  expect((await listen(`${api.url}/api/v1/events`)).response.statusCode).toBe(200);
});

test('a client that does not read is cut off, the others go on', async () => {
  const { api, store, events } = await start({ live: { maxBufferedBytes: 16 * 1024 } });
  const socket = connect({ port: api.port, host: '127.0.0.1' });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write('GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'readable');
  const reader = await listen(`${api.url}/api/v1/events`);
  const reason = 'x'.repeat(100_000);
  // The kernel's buffers take some megabytes before anything waits in the process.
  await eventually(async () => {
    await store.putStreamStatus(streamStatus({ reason }));
    expect(events).toContainEqual({ type: 'live_clients', clients: 1, change: 'slow' });
  });
  const before = reader.text().length;
  await store.putStreamStatus(streamStatus());
  await eventually(() => expect(reader.text().length).toBeGreaterThan(before));
});

test('closing ends live connections cleanly and at once', async () => {
  const { api, options } = await start();
  const client = await listen(`${api.url}/api/v1/events`);
  await eventually(() => expect(client.text()).toContain('retry: '));
  await api.close();
  await api.close();
  expect(await client.ended).toBe('end');
  await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
  // The store outlives the API, and the port is free again.
  const again = await startApi({ ...options, host: '127.0.0.1', port: api.port });
  await again.close();
});

test('a client that never reads does not hold up the end', async () => {
  const { api, store, events } = await start({ live: { maxBufferedBytes: 1e9 } });
  const socket = connect({ port: api.port, host: '127.0.0.1' }).pause();
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write('GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await eventually(() =>
    expect(events).toContainEqual(expect.objectContaining({ change: 'joined' })),
  );
  // More than the kernel's buffers take.
  const reason = 'x'.repeat(1_000_000);
  for (let i = 0; i < 20; i += 1) await store.putStreamStatus(streamStatus({ reason }));
  await api.close();
  await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
});
