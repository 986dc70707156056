import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { ConfigOutcome } from '#libs/config/parse-config.ts';
import { resolveDocuments } from '#libs/config/resolve-documents.ts';
import type { ResolvedResources } from '#libs/config/resolved.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { type MonitorPlan, planMonitors } from '#libs/planning/plan-monitors.ts';
import { BAD_REASONS } from '#libs/profiles/block.ts';
import type { BaselineRecord, Store } from '#libs/store/port.ts';
import { createLifecycle, type Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { logLifecycle } from '#libs/telemetry/log-lifecycle.ts';
import { observePrometheus } from '#libs/telemetry/prometheus.ts';
import { startTelemetry } from '#libs/telemetry/start-telemetry.ts';
import type { Transport } from '#libs/transport/port.ts';
import { type ListenOptions, type RunningApi, startApi } from '#services/api/listen.ts';
import type { Check } from '#services/api/options.ts';
import { buildBaselines } from './build-baselines.ts';
import { describeReason } from './describe-error.ts';
import { ensureTopics } from './ensure-topics.ts';
import { openStore } from './open-store.ts';
import { openImpatientTransport, openTransport } from './open-transport.ts';
import { requireSecrets } from './require-secrets.ts';
import { ROLES, type Role, requireShareable } from './roles.ts';
import { startParts } from './start-parts.ts';
import type { Supervised } from './supervise.ts';
import { untilPossible } from './until-possible.ts';
import { plumblineVersion } from './version.ts';
import { mergeMetrics } from './workers/merge-metrics.ts';
import type { MetricSnapshot } from './workers/messages.ts';
import { levelOf } from './workers/worker.ts';
import type { WorkerLink } from './workers/worker-link.ts';
import { startWorkers, type WorkerPool } from './workers/worker-pool.ts';

const WEB_ROOT = fileURLToPath(new URL('../web/dist', import.meta.url));

export interface RunOptions {
  readonly loaded: Extract<ConfigOutcome, { ok: true }>;
  readonly logger: Logger;
  readonly now?: () => number;
  /** What this process does; everything unless given. */
  readonly roles?: readonly Role[];
  /** Further processes that profile and evaluate, so that this one need not. */
  readonly workers?: { readonly count: number; readonly args: readonly string[] };
  /** The process that started this one and speaks for it: this one listens nowhere itself. */
  readonly parent?: WorkerLink;
  /** Told when a baseline is being built from its file, and when it is there. */
  readonly onBaseline?: (name: string, state: BaselineState) => void;
  /**
   * Told what the start waits for, and `null` when it need not wait any longer; with the address
   * that says so, too.
   */
  readonly onWaiting?: (reason: PlumblineError | null, url: string | null) => void;
  /** How often windows are published, milliseconds; 1,000 unless given. */
  readonly stepMs?: number;
  /** Creates the streams' topics too where they are not there, as a producer of the events would. */
  readonly createTopics?: boolean;
}

export type BaselineState =
  | { readonly kind: 'reading'; readonly rows: number }
  | { readonly kind: 'ready'; readonly record: BaselineRecord; readonly built: boolean };

/** All services of one process. */
export interface RunningService {
  /** Where it listens; empty for a process that another one speaks for. */
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
 * Starts what a configuration asks for in this process: store, API and page, transport, baselines,
 * profilers, evaluator. A store or a broker that cannot be reached yet is waited for; `/readyz`
 * says so meanwhile.
 *
 * @throws PlumblineError for whatever keeps it from starting; nothing is left running then.
 */
export async function runService(options: RunOptions): Promise<RunningService> {
  const { loaded, logger, now = Date.now, roles = ROLES, parent } = options;
  const { config } = loaded;
  const workers = options.workers?.count ?? 0;
  requireShareable(config, { roles, workers });
  await requireSecrets(config, process.env);
  const closing: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= closeAll(closing);
    return stopping;
  };
  const parts: Supervised[] = [];
  let pool: WorkerPool | null = null;
  let api: RunningApi | null = null;
  let starting: string | null = 'Baselines are being built, services started.';
  const checks = () => (starting === null ? partChecks(parts) : [failing('start', starting)]);
  const tellWaiting = (reason: Error | null) => {
    starting = reason === null ? 'Services are being started.' : describeReason(reason);
    if (reason === null || reason instanceof PlumblineError) {
      options.onWaiting?.(reason, api === null ? null : urlOf(api));
    }
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
    parent?.report({ registry, checks });

    const serving = {
      ...{ ...config.server, now, version, lifecycle, webRoot: WEB_ROOT },
      registry: {
        contentType: registry.contentType,
        metrics: async () => {
          if (pool === null) return registry.metrics();
          const own = (await registry.getMetricsAsJSON()) as readonly MetricSnapshot[];
          return mergeMetrics([own, ...(await pool.metrics())]).metrics();
        },
      },
      logger: withoutAddress(logger),
      readiness: async () => [...checks(), ...(pool?.checks() ?? [])],
    };
    closing.push(async () => api?.close());
    /** Listens, instead of what listened before, at the same address. */
    const listen = async (more: Pick<ListenOptions, 'store' | 'surface'>) => {
      if (parent !== undefined) return;
      const port = api?.port ?? config.server.port;
      await api?.close();
      api = await startApi({ ...serving, ...more, port } as ListenOptions);
    };
    /** Does what needs another system, and waits for that. */
    const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
      const begun = performance.now();
      return untilPossible(work, {
        onTrouble: async (reason) => {
          if (reason === null) {
            const seconds = Math.round((performance.now() - begun) / 100) / 10;
            lifecycle.emit({ type: 'recovered', part: 'start', seconds });
          } else {
            lifecycle.emit(waitingEvent(reason));
            // Whoever asks shall hear the reason, and that this process is alive.
            if (api === null) await listen({ surface: 'health', store: absent(() => starting) });
          }
          tellWaiting(reason);
        },
      });
    };
    const onStore = config.store.kind === 'postgres' ? patiently : atOnce;
    const onTransport = config.transport.kind === 'kafka' ? patiently : atOnce;

    const store = await onStore(() => openStore(config));
    closing.push(() => store.close());
    const resources = await onStore(async () => {
      await store.replaceFileResources(loaded.documents);
      return resolveDocuments(await store.listResources());
    });
    prometheus.prepare(resources);
    await listen({ surface: roles.includes('api') ? 'all' : 'health', store });

    const transport = await openTransport(config, process.env);
    closing.push(() => transport.close());
    const plans = await onStore(async () => {
      await buildBaselines(resources, {
        ...{ store, now, lifecycle },
        ...(options.onBaseline === undefined ? {} : { onBaseline: options.onBaseline }),
      });
      return planMonitors(resources, store);
    });
    await onTransport(async () => {
      const { createTopics } = options;
      if (transport.kind === 'embedded') {
        return ensureTopics(transport, { config, resources, createTopics });
      }
      const impatient = await openImpatientTransport(config, process.env);
      try {
        await ensureTopics(impatient, { config, resources, createTopics });
      } finally {
        await impatient.close();
      }
    });
    closing.push(async () => {
      await Promise.all(parts.map((part) => part.stop()));
    });
    if (workers > 0 && options.workers !== undefined) {
      const started = startWorkers({
        ...options.workers,
        onEnd: (end) =>
          logger[levelOf(end)](end, `${end.worker} ended (${end.how}), it ${end.next}`),
      });
      pool = started;
      closing.push(() => started.stop());
    } else {
      await startParts({
        ...{ config, resources, plans, roles, transport, store, lifecycle, now },
        stepMs: options.stepMs,
        onTrouble: (reason) => {
          if (starting !== null) tellWaiting(reason);
        },
        onPart: (part) => parts.push(part),
      });
    }
    starting = null;
    const url = api === null ? '' : urlOf(api);
    return { url, resources, plans, store, transport, lifecycle, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Closes what was opened last first; one that fails to must not keep the others open. */
async function closeAll(closing: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closing.toReversed()) {
    await close().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

function atOnce<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

/** Stands for a store that cannot be opened yet. */
function absent(reason: () => string | null): Pick<Store, 'ping'> {
  return {
    async ping() {
      throw new PlumblineError('PLB_STORE_UNAVAILABLE', reason() ?? 'It is being opened.');
    },
  };
}

function waitingEvent({ code, message, detail }: PlumblineError) {
  return {
    type: 'failure' as const,
    role: code.startsWith('PLB_STORE_') ? ('store' as const) : ('transport' as const),
    outcome: 'retries' as const,
    ...{ code, message },
    ...(detail.fix === undefined ? {} : { fix: detail.fix }),
  };
}

function failing(name: string, reason: string): Check {
  return { name, ok: false, reason };
}

function partChecks(parts: readonly Supervised[]): readonly Check[] {
  return parts.map((part): Check => {
    const reason = part.trouble();
    return reason === null ? { name: part.name, ok: true } : failing(part.name, reason);
  });
}

/** Whoever starts a service says where it is; Fastify would say so again. */
function withoutAddress(logger: Logger): Logger {
  return logger.level === 'info' ? logger.child({}, { level: 'warn' }) : logger;
}

function urlOf(api: RunningApi): string {
  return api.url.replace('127.0.0.1', 'localhost');
}
