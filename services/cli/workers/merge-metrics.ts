import { AggregatorRegistry, type Registry } from 'prom-client';
import type { MetricSnapshot } from './messages.ts';

/** Metrics of several processes, each with its own way to be added up. */
export function mergeMetrics(parts: readonly (readonly MetricSnapshot[])[]): Registry {
  return AggregatorRegistry.aggregate(parts as unknown as object[]);
}

/**
 * What remains of processes that have ended: what they have counted. A sum that fell with the end
 * of a worker would look like a restart of all, and every rate over it would jump.
 */
export async function remains(
  parts: readonly (readonly MetricSnapshot[])[],
): Promise<readonly MetricSnapshot[]> {
  const merged = await mergeMetrics(parts).getMetricsAsJSON();
  return (merged as readonly MetricSnapshot[]).filter(({ type }) =>
    // prom-client's types have a number here, its snapshots a word.
    ['counter', 'histogram'].includes(String(type)),
  );
}
