import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { ConfigOutcome } from '#libs/config/parse-config.ts';
import { resolveDocuments } from '#libs/config/resolve-documents.ts';
import type { ResolvedResources, StreamConfig } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type MonitorPlan, planMonitors } from '#libs/planning/plan-monitors.ts';
import { BAD_REASONS } from '#libs/profiles/block.ts';
import type { BaselineRecord, Store } from '#libs/store/port.ts';
import { openSqliteStore } from '#libs/store/sqlite/open-sqlite-store.ts';
import { createLifecycle, type Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { logLifecycle } from '#libs/telemetry/log-lifecycle.ts';
import { observePrometheus } from '#libs/telemetry/prometheus.ts';
import { startTelemetry } from '#libs/telemetry/start-telemetry.ts';
import { openEmbeddedTransport } from '#libs/transport/embedded/open-embedded-transport.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import type { Transport } from '#libs/transport/port.ts';
import { type RunningApi, startApi } from '#services/api/listen.ts';
import type { Check } from '#services/api/options.ts';
import { startEvaluator } from '#services/evaluator/app.ts';
import { startProfiler } from '#services/profiler/app.ts';
import { buildBaselines } from './build-baselines.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { type Supervised, supervise } from './supervise.ts';
import { plumblineVersion } from './version.ts';

const WEB_ROOT = fileURLToPath(new URL('../web/dist', import.meta.url));
const BLOCKS_PARTITIONS = 4;

export interface RunOptions {
  readonly loaded: Extract<ConfigOutcome, { ok: true }>;
  readonly logger: Logger;
  readonly now?: () => number;
  /** Told when a baseline is being built from its file, and when it is there. */
  readonly onBaseline?: (name: string, state: BaselineState) => void;
  /** How often windows are published, milliseconds; 1,000 unless given. */
  readonly stepMs?: number;
}

export type BaselineState =
  | { readonly kind: 'reading'; readonly rows: number }
  | { readonly kind: 'ready'; readonly record: BaselineRecord; readonly built: boolean };

/** All services of one process. */
export interface RunningService {
  readonly url: string;
  readonly resources: ResolvedResources;
  readonly plans: readonly MonitorPlan[];
  readonly store: Store;
  readonly transport: Transport;
  readonly lifecycle: Lifecycle;
  /** Finishes running work, newest part first. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts everything that a configuration asks for in this process: store, transport, API and page,
 * baselines, profilers, evaluator.
 *
 * @throws PlumblineError for whatever keeps it from starting; nothing is left running then.
 */
export async function runService(options: RunOptions): Promise<RunningService> {
  const { loaded, logger, now = Date.now } = options;
  const { config } = loaded;
  refuseWhatIsMissing(loaded);
  const closing: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      for (const close of closing.reverse()) await close();
    })();
    return stopping;
  };
  try {
    const lifecycle = createLifecycle({
      onObserverError: (error, { type }) => logger.error({ err: error, type }, 'observer failed'),
    });
    logLifecycle(lifecycle, logger);
    const registry = new Registry();
    const version = plumblineVersion();
    const prometheus = observePrometheus(lifecycle, {
      registry,
      version,
      badReasons: BAD_REASONS,
    });
    const telemetry = await startTelemetry({ lifecycle, version, env: process.env, now });
    closing.push(() => telemetry.stop());
    prepareDataDirectory(config.dataDirectory);
    const store = await openSqliteStore({ directory: config.dataDirectory, owner: 'plumbline' });
    closing.push(() => store.close());
    const transport = await openEmbeddedTransport({ directory: join(config.dataDirectory, 'log') });
    closing.push(() => transport.close());
    await store.replaceFileResources(loaded.documents);
    const resources = resolveDocuments(await store.listResources());
    prometheus.prepare(resources);

    const parts: Supervised[] = [];
    let started = false;
    const api = await startApi({
      ...{ ...config.server, store, now, version, registry, lifecycle, webRoot: WEB_ROOT },
      logger: withoutAddress(logger),
      readiness: async () => readiness(parts, started),
    });
    closing.push(() => api.close());

    await buildBaselines(resources, {
      ...{ store, now, lifecycle },
      ...(options.onBaseline === undefined ? {} : { onBaseline: options.onBaseline }),
    });
    const plans = await planMonitors(resources, store);
    await ensureTopics({ transport, resources, instance: config.instance });
    const stopParts = async () => {
      for (const part of parts) await part.stop();
    };
    closing.push(stopParts);
    const evaluating = { transport, store, instance: config.instance, plans, lifecycle, now };
    parts.push(
      await supervise({
        name: 'evaluator',
        role: 'evaluator',
        lifecycle,
        start: (failed) =>
          startEvaluator({
            ...evaluating,
            failed,
            ...(options.stepMs === undefined ? {} : { stepMs: options.stepMs }),
          }),
      }),
    );
    for (const stream of resources.streams) {
      const definitions = definitionsOf(stream, plans);
      if (definitions.length === 0) continue;
      parts.push(
        await supervise({
          name: `profiler of ${stream.name}`,
          role: 'profiler',
          lifecycle,
          start: (failed) =>
            startProfiler({
              ...{ transport, instance: config.instance, stream, definitions, lifecycle, failed },
            }),
        }),
      );
    }
    started = true;
    return { url: urlOf(api), resources, plans, store, transport, lifecycle, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What configuration may say already, but this release cannot do. */
function refuseWhatIsMissing({ config }: RunOptions['loaded']): void {
  if (config.transport.kind !== 'kafka') return;
  throw new PlumblineError(
    'PLB_TRANSPORT_UNAVAILABLE',
    'Cannot start with Kafka: this release comes with the embedded transport only',
    { path: 'kafka', fix: 'leave out `kafka`, and give each stream a `source` file' },
  );
}

function readiness(parts: readonly Supervised[], started: boolean): readonly Check[] {
  if (!started) {
    return [{ name: 'start', ok: false, reason: 'Baselines are being built, services started.' }];
  }
  return parts.map((part): Check => {
    const reason = part.trouble();
    return reason === null ? { name: part.name, ok: true } : { name: part.name, ok: false, reason };
  });
}

async function ensureTopics({
  transport,
  resources,
  instance,
}: {
  readonly transport: Transport;
  readonly resources: ResolvedResources;
  readonly instance: string;
}): Promise<void> {
  const blocks = blocksTopic(instance);
  await transport.ensureTopic({
    topic: blocks,
    partitions: BLOCKS_PARTITIONS,
    cleanup: 'compact',
  });
  for (const { topics, deadLetterTopic, partitions } of resources.streams) {
    for (const topic of topics)
      await transport.ensureTopic({ topic, partitions, cleanup: 'delete' });
    if (deadLetterTopic !== undefined) {
      await transport.ensureTopic({ topic: deadLetterTopic, partitions: 1, cleanup: 'delete' });
    }
  }
}

function definitionsOf(stream: StreamConfig, plans: readonly MonitorPlan[]) {
  const own = plans.filter(
    (plan) => plan.stream.name === stream.name && plan.stream.namespace === stream.namespace,
  );
  return [...new Map(own.map(({ profile }) => [profile.id, profile])).values()];
}

/** Whoever starts a service says where it is; Fastify would say so again. */
function withoutAddress(logger: Logger): Logger {
  return logger.level === 'info' ? logger.child({}, { level: 'warn' }) : logger;
}

function urlOf(api: RunningApi): string {
  return api.url.replace('127.0.0.1', 'localhost');
}
