import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import type { Publication, StreamCondition } from '#libs/store/port.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { createLifecycle } from '#libs/telemetry/lifecycle.ts';
import { createLogger } from '#libs/telemetry/logger.ts';
import { startApi } from '#services/api/listen.ts';
import { DAY, FIRST_DAY, samplePublication } from './sample-publications.ts';

const DOCUMENTS = [
  {
    kind: 'stream',
    namespace: 'default',
    name: 'departures',
    document: { topics: ['flights'], time: '$.date' },
  },
  {
    kind: 'baseline',
    namespace: 'default',
    name: 'flights-january',
    document: { file: '/data/january.parquet' },
  },
  {
    kind: 'monitor',
    namespace: 'default',
    name: 'flights',
    document: {
      stream: 'departures',
      baseline: 'flights-january',
      window: '1d',
      owner: 'data-eng',
      runbook: 'https://example.org/runbooks/flights',
    },
  },
] as const;

export interface SampleServer {
  readonly url: string;
  readonly port: number;
  /** Publishes one more window, or a new revision of one, as an evaluator would. */
  publish(day: number, revision?: number): Promise<void>;
  setCondition(condition: StreamCondition, reason: string): Promise<void>;
  /** Lets time pass in which nothing happens. */
  pass(ms: number): void;
  /** Lets the stream count a sample only, and be behind its log. */
  overload(share: number, behind: { readonly records: number; readonly ms: number }): Promise<void>;
  /** Lets `/readyz` say that something is not well, or that all is. */
  setTrouble(reason: string | null): void;
  close(): Promise<void>;
}

/**
 * The real API on a real store that is filled with sample windows of `days` days.
 * With `port` it listens where an earlier one did.
 */
export async function startSampleServer(options: {
  readonly days: number;
  readonly webRoot: string;
  readonly port?: number;
  readonly segments?: boolean;
}): Promise<SampleServer> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-page-'));
  const store = await openSqliteStore({ directory, owner: 'page test' });
  await store.replaceFileResources(DOCUMENTS);
  let version = 0;
  let published = 0;
  let now = Date.now();
  let trouble: string | null = null;
  const commit = async (publications: readonly Publication[]): Promise<void> => {
    version = await store.commitProfile({
      profileId: 'flights',
      expectedVersion: version,
      panes: [],
      applied: [],
      open: [],
      publications,
    });
  };
  const setCondition = (condition: StreamCondition, reason: string): Promise<void> =>
    store.putStreamStatus({
      namespace: 'default',
      stream: 'departures',
      condition,
      reason,
      since: FIRST_DAY,
      watermark: FIRST_DAY + published * DAY,
      lastEventAt: FIRST_DAY + published * DAY,
      tallies: { events: 16_211 * published, bad_malformed: 12, bad_no_time: 3, late: 41 },
      partitions: [],
      updatedAt: now,
    });
  const sample = Array.from({ length: options.days }, (_, day) => samplePublication(day, options));
  published = options.days;
  if (sample.length > 0) await commit(sample);
  await setCondition('live', 'Events arrive as usual.');

  const api = await startApi({
    store,
    now: () => now,
    readiness: async () =>
      trouble === null ? [] : [{ name: 'transport', ok: false, reason: trouble }],
    version: '0.0.0-test',
    registry: new Registry(),
    logger: createLogger({ level: 'silent', format: 'json' }),
    lifecycle: createLifecycle(),
    webRoot: options.webRoot,
    host: '127.0.0.1',
    port: options.port ?? 0,
  });
  return {
    url: `${api.url}/`,
    port: api.port,
    async publish(day, revision = 1) {
      published = Math.max(published, day + 1);
      await commit([samplePublication(day, { ...options, revision })]);
    },
    setCondition,
    setTrouble(reason) {
      trouble = reason;
    },
    pass(ms) {
      now += ms;
    },
    async overload(share, { records, ms }) {
      const [stream, ...others] = DOCUMENTS;
      const document = { ...stream.document, sampling: { share } };
      await store.replaceFileResources([{ ...stream, document }, ...others]);
      const [status] = await store.listStreamStatus('default');
      const place = { topic: 'flights', partition: 0, applied: 9, highest: FIRST_DAY };
      const flags = { idle: false, ended: false, lagRecords: records, lagMs: ms };
      if (status === undefined) throw new Error('the stream has no status');
      await store.putStreamStatus({ ...status, partitions: [{ ...place, ...flags }] });
    },
    async close() {
      await api.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
