import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { CATALOGUE } from '#libs/errors/catalogue.ts';
import { observePrometheus } from '#libs/telemetry/prometheus.ts';
import { buildApi } from './app.ts';
import type { ApiOptions } from './options.ts';
import { ask, testOptions } from './test-api.ts';

async function setUp(overrides: Partial<ApiOptions> = {}) {
  const context = await testOptions(overrides);
  const app = await buildApi(context.options);
  onTestFinished(() => app.close());
  return { app, ...context };
}

test('/healthz answers while the process lives', async () => {
  let time = 0;
  const { app } = await setUp({ now: () => time });
  time = 5000;
  expect(await ask(app, '/healthz')).toMatchObject({
    status: 200,
    body: { status: 'alive', version: '1.2.3', uptime_seconds: 5 },
  });
});

test('/readyz names every check, and answers 503 with the failing ones', async () => {
  let down = false;
  const { app } = await setUp({
    readiness: async () => [
      down
        ? { name: 'profiler', ok: false, reason: 'no such topic' }
        : { name: 'profiler', ok: true },
      down
        ? { name: 'transport', ok: false, reason: 'No broker.' }
        : { name: 'transport', ok: true },
    ],
  });
  expect(await ask(app, '/readyz')).toMatchObject({
    status: 200,
    body: {
      status: 'ready',
      checks: [{ name: 'store' }, { name: 'profiler' }, { name: 'transport' }],
    },
  });
  down = true;
  expect(await ask(app, '/readyz')).toMatchObject({
    status: 503,
    type: 'application/problem+json',
    headers: { 'retry-after': '5', 'cache-control': 'no-store' },
    body: {
      code: 'PLB_NOT_READY',
      detail: 'Not ready: profiler: no such topic; transport: No broker',
      checks: [
        { name: 'store', ok: true, reason: null },
        { name: 'profiler', ok: false, reason: 'no such topic' },
        { name: 'transport', ok: false, reason: 'No broker.' },
      ],
    },
  });
});

test('/readyz says so when the store is closed or a check throws', async () => {
  const { app, store } = await setUp({
    readiness: () => Promise.reject(new Error('The check itself broke.')),
  });
  await store.close();
  const { status, body } = await ask(app, '/readyz');
  expect(status).toBe(503);
  expect(body).toMatchObject({
    checks: [
      { name: 'store', ok: false, reason: expect.stringMatching(/clos/i) },
      { name: 'readiness', ok: false, reason: 'The check itself broke.' },
    ],
  });
});

test('/metrics shows the registry, and counts requests by route, not by address', async () => {
  const registry = new Registry();
  const { app, options } = await setUp({ registry });
  observePrometheus(options.lifecycle, { registry, version: '1.2.3' });
  for (let i = 0; i < 20; i += 1) await app.inject(`/api/v1/nothing-${i}`);
  await app.inject('/api/v1/baselines');
  const { type, body } = await ask(app, '/metrics');
  expect(type).toBe('text/plain');
  const lines = String(body)
    .split('\n')
    .filter((line) => line.startsWith('plumbline_http_requests'));
  expect(lines).toEqual([
    'plumbline_http_requests_total{method="GET",route="unmatched",status="404"} 20',
    'plumbline_http_requests_total{method="GET",route="/api/v1/baselines",status="200"} 1',
  ]);
});

test('the OpenAPI document names every route, schema and error code', async () => {
  const { app } = await setUp();
  const { body } = await ask(app, '/openapi.json');
  expect(body).toMatchObject({
    openapi: '3.1.0',
    info: { version: '1.2.3' },
    components: {
      schemas: {
        Problem: { properties: { code: { enum: Object.keys(CATALOGUE) } } },
        EvaluationList: {
          properties: { items: { items: { $ref: '#/components/schemas/Evaluation' } } },
        },
      },
    },
  });
  expect(Object.keys((body as { paths: object }).paths).sort()).toEqual([
    '/api/v1/baselines',
    '/api/v1/evaluations',
    '/api/v1/events',
    '/api/v1/monitors',
    '/api/v1/streams',
    '/healthz',
    '/metrics',
    '/readyz',
  ]);
  expect(JSON.stringify(body)).not.toMatch(/"\$ref":"(?!#\/components\/schemas\/)/);
});

test('an unknown address is a problem that names a near one', async () => {
  const { app } = await setUp();
  expect(await ask(app, '/api/v1/monitor?x=1')).toMatchObject({
    status: 404,
    type: 'application/problem+json',
    body: {
      type: 'urn:plumbline:error:PLB_NOT_FOUND',
      title: CATALOGUE.PLB_NOT_FOUND.summary,
      status: 404,
      detail: 'Cannot GET /api/v1/monitor: nothing is there.',
      code: 'PLB_NOT_FOUND',
      retry: false,
      fix: '/api/v1/monitors is an address.',
    },
  });
});

test('a wrong method is 405 with the allowed ones', async () => {
  const { app } = await setUp();
  for (const method of ['POST', 'DELETE'] as const) {
    const response = await app.inject({ method, url: '/api/v1/monitors?namespace=x', body: {} });
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('GET, HEAD');
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({ code: 'PLB_METHOD_NOT_ALLOWED', status: 405 });
  }
});

test('a broken address is a problem, not a page of the framework', async () => {
  const { app } = await setUp();
  const response = await app.inject('/api/v1/%zz');
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ code: 'PLB_REQUEST_INVALID' });
});

test('an unexpected failure tells the client nothing but an id that finds it in the log', async () => {
  const { options, store, log } = await testOptions();
  const failing = () => Promise.reject(new TypeError('secret path /var/x'));
  const broken = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = name === 'listBaselines' ? failing : Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const app = await buildApi({ ...options, store: broken });
  onTestFinished(() => app.close());
  const { status, body } = await ask(app, '/api/v1/baselines');
  expect(status).toBe(500);
  expect(body).toMatchObject({ code: 'PLB_INTERNAL', retry: true });
  expect(JSON.stringify(body)).not.toContain('secret path');
  const { request_id: id } = body as { request_id: string };
  expect(log).toHaveLength(1);
  expect(log[0]).toContain(id);
  expect(log[0]).toContain('secret path /var/x');
});

test('other sites get nothing: no CORS, no foreign host names, a strict policy', async () => {
  const { app } = await setUp({ allowedHosts: ['drift.example'] });
  const { headers } = await ask(app, '/healthz', { origin: 'https://evil.example' });
  expect(headers).not.toHaveProperty('access-control-allow-origin');
  expect(headers).not.toHaveProperty('strict-transport-security');
  expect(headers['content-security-policy']).toContain("default-src 'self'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(await ask(app, '/healthz', { host: 'evil.example' })).toMatchObject({
    status: 421,
    body: { code: 'PLB_HOST_REFUSED' },
  });
  for (const host of ['127.0.0.1:8080', '[::1]:8080', 'localhost', 'drift.example:80']) {
    expect(await ask(app, '/healthz', { host })).toMatchObject({ status: 200 });
  }
});

test('an answer that has not changed is 304', async () => {
  const { app } = await setUp();
  const first = await ask(app, '/api/v1/baselines');
  expect(first.headers['cache-control']).toBe('no-cache');
  const etag = String(first.headers.etag);
  expect(await ask(app, '/api/v1/baselines', { 'if-none-match': etag })).toMatchObject({
    status: 304,
    body: '',
  });
});

test('without a build / says what to run', async () => {
  const { app } = await setUp({ webRoot: '/nowhere' });
  const response = await app.inject('/');
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toContain('text/html');
  expect(response.payload).toContain('npm run build:web');
});

test('the built pages are served: hashed assets for ever, the page itself revalidated', async () => {
  const webRoot = await mkdtemp(join(tmpdir(), 'plumbline-web-'));
  onTestFinished(() => rm(webRoot, { recursive: true }));
  await mkdir(join(webRoot, 'assets'));
  await writeFile(join(webRoot, 'index.html'), '<!doctype html>page');
  await writeFile(join(webRoot, 'assets/index-B1x_9aZq.js'), 'export {}');
  const { app } = await setUp({ webRoot });
  const page = await app.inject('/');
  expect(page.payload).toBe('<!doctype html>page');
  expect(page.headers['cache-control']).toBe('no-cache');
  const asset = await app.inject('/assets/index-B1x_9aZq.js');
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(asset.headers['content-type']).toContain('javascript');
  expect(await ask(app, '/assets/gone.js')).toMatchObject({
    status: 404,
    body: { code: 'PLB_NOT_FOUND' },
  });
  expect((await app.inject('/..%2f..%2fetc/passwd')).statusCode).toBeGreaterThanOrEqual(400);
  const posted = await app.inject({ method: 'POST', url: '/' });
  expect(posted.statusCode).toBe(405);
});
