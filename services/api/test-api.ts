import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { Compile } from 'typebox/schema';
import { onTestFinished } from 'vitest';
import type { Assessment } from '#libs/detectors/evaluation.ts';
import type { Publication, Store, StreamStatus } from '#libs/store/port.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { createLifecycle, type LifecycleEvent } from '#libs/telemetry/lifecycle.ts';
import { createLogger } from '#libs/telemetry/logger.ts';
import type { Api, ApiOptions } from './options.ts';

export const HOUR = 3_600_000;
export const START = Date.parse('2001-01-01T00:00:00Z');

/** Options for an API on a store of its own in a folder that is removed after the test. */
export async function testOptions(overrides: Partial<ApiOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-api-'));
  const store = await openSqliteStore({ directory, owner: 'test' });
  onTestFinished(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });
  const events: LifecycleEvent[] = [];
  const log: string[] = [];
  const lifecycle = createLifecycle();
  lifecycle.observe((event) => events.push(event));
  const options: ApiOptions = {
    store,
    lifecycle,
    now: () => START,
    version: '1.2.3',
    registry: new Registry(),
    logger: createLogger({
      format: 'json',
      level: 'warn',
      destination: { write: (line) => void log.push(line) },
    }),
    ...overrides,
  };
  return { options, store, events, log, directory };
}

/** One stream, one baseline and the monitors `fraud` and `volume-only`. */
export async function writeResources(store: Store): Promise<void> {
  const at = { namespace: 'default' };
  const monitor = { stream: 'scored', baseline: 'fraud-v7', window: '1h', fields: 'auto' };
  await store.replaceFileResources([
    { ...at, kind: 'stream', name: 'scored', document: { topics: ['fraud.scored'], time: '$.ts' } },
    { ...at, kind: 'baseline', name: 'fraud-v7', document: { file: '/data/train.parquet' } },
    {
      ...at,
      kind: 'monitor',
      name: 'fraud',
      document: {
        ...monitor,
        thresholds: { amount: { ks: { warning: 0.1, critical: 0.2 }, psi: 'off' } },
        owner: 'data-eng',
        runbook: 'https://runbooks.example/fraud',
      },
    },
    { ...at, kind: 'monitor', name: 'volume-only', document: { ...monitor, fields: ['amount'] } },
  ]);
}

export function assessment(
  field: string | null,
  verdict: Assessment['verdict'],
  more: Partial<Assessment> = {},
): Assessment {
  return {
    field,
    segment: null,
    verdict,
    reason_code: `${field ?? 'volume'}_${verdict}`,
    reason: `Because of ${field ?? 'volume'}.`,
    n: 1000,
    m: 500,
    statistics: {
      ks: {
        statistic: 0.27,
        p_value: 1e-9,
        log10_p: -9,
        p_adjusted: 1e-8,
        critical_value: 0.02,
        threshold: { warning: 0.1, critical: 0.2 },
        evidence: 'reference_windows',
        rank: { above: 28, of: 28 },
        verdict: 'critical',
        details: { bins: 10, flagged: true },
      },
      missing_rate: { statistic: 0.001, baseline: 0, window: 0.001 },
    },
    warnings: ['n is small'],
    detail: {
      bins: [{ label: '(0, 10]', lower: 0, upper: 10, baseline: 0.5, window: 0.25 }],
      cumulative: { x: [0, 10], baseline: [0.5, 1], window: [0.25, 1] },
      gap: { x: 0, baseline: 0.5, window: 0.25 },
    },
    ...more,
  };
}

/** Window number `hour` of `fraud`, revision 1 unless told otherwise. */
export function publication(hour: number, more: Partial<Publication> = {}): Publication {
  return {
    namespace: 'default',
    monitor: 'fraud',
    window: { start: START + hour * HOUR, end: START + (hour + 1) * HOUR },
    revision: 1,
    events: 500,
    publishedAt: START + (hour + 2) * HOUR,
    provenance: {
      profile_id: 'profile-1',
      baseline: { name: 'fraud-v7', version: '1', hash: 'ab'.repeat(32) },
      offsets: { 'fraud.scored/0': 8192 * (hour + 1) },
      excused: ['fraud.scored/1'],
      config_revision: 1,
    },
    assessments: [assessment(null, 'ok'), assessment('amount', 'critical')],
    ...more,
  };
}

export async function publish(store: Store, ...publications: Publication[]): Promise<void> {
  const { version } = await store.profileState('profile-1');
  await store.commitProfile({
    profileId: 'profile-1',
    expectedVersion: version,
    panes: [],
    applied: [],
    open: [],
    publications,
  });
}

export function streamStatus(more: Partial<StreamStatus> = {}): StreamStatus {
  return {
    namespace: 'default',
    stream: 'scored',
    condition: 'live',
    reason: 'Events arrive.',
    since: START,
    watermark: START + HOUR,
    lastEventAt: null,
    tallies: { events: 500, bad_malformed: 2 },
    partitions: [
      {
        topic: 'fraud.scored',
        partition: 0,
        applied: 8192,
        highest: START,
        idle: false,
        ended: false,
      },
      { topic: 'fraud.scored', partition: 1, applied: 0, highest: null, idle: true, ended: false },
    ],
    updatedAt: START + HOUR,
    ...more,
  };
}

interface OpenApi {
  readonly paths: Readonly<
    Record<string, { readonly get: { readonly responses: Readonly<Record<string, unknown>> } }>
  >;
}

/** Asks the API, and holds the answer against the OpenAPI document that it serves itself. */
export async function ask(app: Api, url: string, headers: Record<string, string> = {}) {
  const response = await app.inject({ url, headers });
  const type = String(response.headers['content-type']).split(';')[0] ?? '';
  const body: unknown =
    type.endsWith('json') && response.payload !== '' ? response.json() : response.payload;
  const path = url.split('?')[0] ?? '';
  const document = app.swagger() as unknown as OpenApi;
  const described = document.paths[path] !== undefined;
  if (described && response.statusCode !== 304) {
    const place = ['paths', path, 'get', 'responses', String(response.statusCode), 'content', type];
    const pointer = [...place, 'schema'].map((part) => part.replaceAll('/', '~1')).join('/');
    const [valid, errors] = Compile({ ...document, $ref: `#/${pointer}` }).Errors(body);
    if (!valid) throw new Error(`${url} answers against its schema: ${JSON.stringify(errors)}`);
  }
  return { status: response.statusCode, type, headers: response.headers, body };
}
