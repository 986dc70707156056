import type { Check } from '#services/api/options.ts';
import type { MetricSnapshot } from './messages.ts';
import { Worker, type WorkerOptions } from './worker.ts';

export interface WorkerPool {
  /** How each worker is. */
  checks(): readonly Check[];
  /** The metrics of the workers, with what those that have ended had counted. */
  metrics(): Promise<readonly (readonly MetricSnapshot[])[]>;
  /** Ends all workers, gently first. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts worker processes and keeps their number: one that ends is started again. */
export function startWorkers(
  options: Omit<WorkerOptions, 'name'> & { readonly count: number },
): WorkerPool {
  const { count, ...rest } = options;
  const workers = Array.from(
    { length: count },
    (_, i) => new Worker({ ...rest, name: `worker ${i + 1}` }),
  );
  return {
    checks: () => workers.flatMap((worker) => worker.checks()),
    metrics: async () => (await Promise.all(workers.map((worker) => worker.metrics()))).flat(),
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
