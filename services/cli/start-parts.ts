import type { ResolvedConfig, ResolvedResources, StreamConfig } from '#libs/config/resolved.ts';
import type { MonitorPlan } from '#libs/planning/plan-monitors.ts';
import type { Store } from '#libs/store/port.ts';
import type { Lifecycle } from '#libs/telemetry/lifecycle.ts';
import type { Transport } from '#libs/transport/port.ts';
import { startEvaluator } from '#services/evaluator/app.ts';
import { startProfiler } from '#services/profiler/app.ts';
import type { Role } from './roles.ts';
import { type Supervised, supervise } from './supervise.ts';

export interface PartsOptions {
  readonly config: Pick<ResolvedConfig, 'transport' | 'store' | 'instance'>;
  readonly resources: ResolvedResources;
  readonly plans: readonly MonitorPlan[];
  readonly roles: readonly Role[];
  readonly transport: Transport;
  readonly store: Store;
  readonly lifecycle: Lifecycle;
  readonly now: () => number;
  /** How often windows are published, milliseconds; 1,000 unless given. */
  readonly stepMs?: number | undefined;
  /** Told why a part waits while it starts, and `null` when it goes on. */
  readonly onTrouble: (reason: Error | null) => void;
  /** Told of each part once its first attempt has been made. */
  readonly onPart: (part: Supervised) => void;
}

/**
 * Starts the evaluator and the profilers that the roles ask for.
 *
 * @throws PLB_SEVERAL_PROCESSES when this evaluator must be the only one and is not
 */
export async function startParts(options: PartsOptions): Promise<void> {
  const { roles, resources, onPart } = options;
  // First: where it is refused, nothing has taken a part in the work of others.
  if (roles.includes('evaluator')) onPart(await superviseEvaluator(options));
  if (!roles.includes('profiler')) return;
  await Promise.all(
    resources.streams.map(async (stream) => {
      const part = await superviseProfiler(stream, options);
      if (part !== null) onPart(part);
    }),
  );
}

function superviseEvaluator(options: PartsOptions): Promise<Supervised> {
  const { transport, store, plans, lifecycle, now, stepMs, onTrouble, config } = options;
  const { instance } = config;
  const sole =
    config.store.kind === 'sqlite' && config.transport.kind === 'kafka'
      ? // A process that was frozen for longer has lost its partitions as well.
        { patienceMs: config.transport.sessionTimeoutMs }
      : null;
  return supervise({
    ...{ name: 'evaluator', role: 'evaluator', lifecycle },
    start: ({ signal, failed, trouble }) =>
      startEvaluator({
        ...{ transport, store, instance, plans, lifecycle, now, failed },
        trouble: (reason) => {
          trouble(reason);
          onTrouble(reason);
        },
        ...(stepMs === undefined ? {} : { stepMs }),
        ...(sole === null ? {} : { sole: { ...sole, signal } }),
      }),
  });
}

async function superviseProfiler(
  stream: StreamConfig,
  { transport, lifecycle, plans, config }: PartsOptions,
): Promise<Supervised | null> {
  const definitions = definitionsOf(stream, plans);
  if (definitions.length === 0) return null;
  const { instance } = config;
  return supervise({
    ...{ name: `profiler of ${stream.name}`, role: 'profiler', lifecycle },
    start: ({ failed, trouble }) =>
      startProfiler({
        ...{ transport, instance, stream, definitions, lifecycle, failed, trouble },
      }),
  });
}

function definitionsOf(stream: StreamConfig, plans: readonly MonitorPlan[]) {
  const own = plans.filter(
    (plan) => plan.stream.name === stream.name && plan.stream.namespace === stream.namespace,
  );
  return [...new Map(own.map(({ profile }) => [profile.id, profile])).values()];
}
