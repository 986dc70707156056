import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Check } from '#services/api/options.ts';

/** A metric as prom-client writes it for another process. */
export type MetricSnapshot = MetricObjectWithValues<MetricValue<string>>;

/** What a worker tells the process that started it. */
export type WorkerMessage =
  | { readonly type: 'checks'; readonly checks: readonly Check[] }
  | {
      readonly type: 'metrics';
      readonly request: number;
      readonly metrics: readonly MetricSnapshot[];
    };

/** What it is asked. */
export interface ParentMessage {
  readonly type: 'metrics';
  readonly request: number;
}
