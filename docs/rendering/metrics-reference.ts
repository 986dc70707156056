import { Registry } from 'prom-client';
import { createMetrics } from '#libs/telemetry/metrics.ts';

/** Plumbline's own metrics with their labels, from the registry that serves them. */
export async function metricsReference(): Promise<string> {
  const registry = new Registry();
  createMetrics(registry);
  const own = (await registry.getMetricsAsJSON()).filter(({ name }) =>
    name.startsWith('plumbline_'),
  );
  const rows = own.map(({ name, type, help }) => {
    const labels = labelsOf(registry, name).map((label) => `\`${label}\``);
    return `| \`${name}\` | ${String(type)} | ${labels.join(', ') || '–'} | ${help} |`;
  });
  return ['| metric | type | labels | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** prom-client keeps the names of the labels on the metric, where its types do not show them. */
function labelsOf(registry: Registry, name: string): readonly string[] {
  const metric = registry.getSingleMetric(name);
  const labels: unknown = metric === undefined ? [] : Reflect.get(metric, 'labelNames');
  return Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : [];
}
