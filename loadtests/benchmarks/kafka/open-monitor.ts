import { Registry } from 'prom-client';
import type { ResolvedConfig } from '#libs/config/resolved.ts';
import { ensureBaseline } from '#libs/planning/ensure-baseline.ts';
import { type MonitorPlan, planMonitors } from '#libs/planning/plan-monitors.ts';
import { BAD_REASONS } from '#libs/profiles/block.ts';
import type { Store } from '#libs/store/port.ts';
import { createLifecycle, type Lifecycle } from '#libs/telemetry/lifecycle.ts';
import { observePrometheus } from '#libs/telemetry/prometheus.ts';
import { blocksTopic } from '#libs/transport/names.ts';
import type { Transport } from '#libs/transport/port.ts';
import { openStore } from '#services/cli/open-store.ts';
import { openTransport } from '#services/cli/open-transport.ts';
import { startEvaluator } from '#services/evaluator/app.ts';
import { startProfiler } from '#services/profiler/app.ts';
import { type BenchConfig, parseBenchConfig } from './bench-config.ts';

/** Profiler, evaluator, log and store of one process, ready to start. */
export interface BenchMonitor {
  readonly store: Store;
  readonly transport: Transport;
  readonly plans: readonly MonitorPlan[];
  readonly lifecycle: Lifecycle;
  /** Rejects when a part cannot go on. */
  readonly failed: Promise<never>;
  /** Begins to read; what came before is start-up. */
  start(options?: { readonly stepMs?: number }): Promise<void>;
  stop(): Promise<void>;
}

/** Builds the baseline in the store, for the monitors that are opened on copies of it. */
export async function prepareStore(config: BenchConfig): Promise<void> {
  const store = await openStoreWithBaseline(parseBenchConfig(config).config);
  await store.close();
}

/** Opens what `plumbline start` opens but for the page, with all that it observes. */
export async function openMonitor(config: BenchConfig): Promise<BenchMonitor> {
  const { config: resolved, documents } = parseBenchConfig(config);
  const { instance, streams } = resolved;
  const lifecycle = createLifecycle();
  observePrometheus(lifecycle, {
    ...{ registry: new Registry(), version: 'benchmark', badReasons: BAD_REASONS },
  });
  const store = await openStoreWithBaseline(resolved);
  await store.replaceFileResources(documents);
  const plans = await planMonitors(resolved, store);
  const transport = await openTransport(resolved, process.env);
  const { transport: chosen } = resolved;
  const partitions = chosen.kind === 'kafka' ? chosen.blocksPartitions : 1;
  await transport.ensureTopic({ topic: blocksTopic(instance), partitions, cleanup: 'compact' });
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const parts: { close(): Promise<void> }[] = [];
  return {
    ...{ store, transport, plans, lifecycle, failed: failure.promise },
    async start({ stepMs } = {}) {
      const shared = { transport, instance, lifecycle, failed: failure.reject };
      const step = stepMs === undefined ? {} : { stepMs };
      parts.push(await startEvaluator({ ...shared, ...step, store, plans, now: Date.now }));
      for (const stream of streams) {
        const definitions = plans.map(({ profile }) => profile);
        parts.push(await startProfiler({ ...shared, stream, definitions }));
      }
    },
    async stop() {
      for (const part of parts.reverse()) await part.close();
      await transport.close();
      await store.close();
    },
  };
}

async function openStoreWithBaseline(resolved: ResolvedConfig): Promise<Store> {
  const store = await openStore(resolved);
  for (const baseline of resolved.baselines) {
    const demands = { overrides: [], derive: [] };
    await ensureBaseline(baseline, { store, now: Date.now, demands });
  }
  return store;
}
