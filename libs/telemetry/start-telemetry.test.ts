import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createLifecycle } from './lifecycle.ts';
import { startTelemetry } from './start-telemetry.ts';

const SCRIPT = `
import { createLifecycle } from '#libs/telemetry/lifecycle.ts';
import { startTelemetry } from '#libs/telemetry/start-telemetry.ts';
const lifecycle = createLifecycle({ onObserverError: (error) => console.error(error) });
const telemetry = await startTelemetry({
  lifecycle, version: '1.2.3', env: process.env, now: () => 1_000_000_000_000,
});
lifecycle.emit({
  type: 'batch_profiled', namespace: 'default', stream: 's', topic: 'fraud.scored', partition: 7,
  events: 100, bad: { malformed: 2 }, synthetic: 1, future: 0, sampledOut: 0, seconds: 2,
});
lifecycle.emit({ type: 'live_clients', clients: 1, change: 'joined' });
await telemetry.stop();
await telemetry.stop();
console.log(JSON.stringify({ exporting: telemetry.exporting }));
`;

interface Attribute {
  readonly key: string;
  readonly value: unknown;
}
interface Received {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: readonly Attribute[];
      }[];
    }[];
  }[];
}

/** The SDK reads the environment and registers itself globally: it gets a process of its own. */
async function run(env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT],
    { env: { PATH: process.env.PATH, ...env }, timeout: 20_000 },
  );
  return stdout.trim();
}

test('spans go to the endpoint, set back by their duration, with bounded attributes', async () => {
  const bodies: { path: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      bodies.push({ path: request.url, body });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const output = await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    });
    expect(output).toBe('{"exporting":true}');
  } finally {
    server.close();
  }
  expect(bodies.map(({ path }) => path)).toEqual(['/v1/traces']);
  const received = JSON.parse(bodies[0]?.body ?? '') as Received;
  const [resourceSpans] = received.resourceSpans;
  expect(resourceSpans?.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'plumbline' },
  });
  const spans = resourceSpans?.scopeSpans.flatMap((scope) => scope.spans) ?? [];
  expect(spans.map(({ name }) => name)).toEqual(['process fraud.scored']);
  expect(spans[0]?.endTimeUnixNano).toBe('1000000000000000000');
  expect(spans[0]?.startTimeUnixNano).toBe('999999998000000000');
  expect(spans[0]?.attributes).toContainEqual({
    key: 'messaging.batch.message_count',
    value: { intValue: 100 },
  });
});

test('without an endpoint nothing is loaded', async () => {
  const telemetry = await startTelemetry({
    lifecycle: createLifecycle(),
    version: '1',
    env: { OTEL_SERVICE_NAME: 'x' },
    now: () => 0,
  });
  expect(telemetry.exporting).toBe(false);
  await telemetry.stop();
});

test('a collector that is gone does not keep the process from ending well', async () => {
  const output = await run({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '500',
  });
  expect(output).toBe('{"exporting":true}');
});
