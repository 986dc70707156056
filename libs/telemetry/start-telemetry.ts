import type { Lifecycle } from './lifecycle.ts';
import { observeSpans } from './opentelemetry.ts';

export interface TelemetryOptions {
  readonly lifecycle: Lifecycle;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

export interface Telemetry {
  /** Whether spans are exported. */
  readonly exporting: boolean;
  /** Sends what is buffered and stops. Safe to call twice; never rejects. */
  stop(): Promise<void>;
}

/**
 * Exports spans over OTLP when `OTEL_EXPORTER_OTLP_ENDPOINT` (or the one for traces) is set; all
 * other `OTEL_*` variables keep their standard meaning. Without an endpoint nothing is loaded and
 * no connection is tried.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { env, lifecycle } = options;
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') {
    return { exporting: false, stop: async () => {} };
  }
  // Loading the SDK takes a noticeable part of a second, so only who exports pays for it.
  const [{ NodeSDK }, { trace }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/api'),
  ]);
  const sdk = new NodeSDK({
    serviceName: env.OTEL_SERVICE_NAME || 'plumbline',
    // Metrics are scraped from /metrics and logs go to stderr; OTLP carries the spans.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  const stopObserving = observeSpans(lifecycle, trace.getTracer('plumbline', options.version), {
    now: options.now,
  });
  let stopped: Promise<void> | undefined;
  return {
    exporting: true,
    stop: () => {
      stopObserving();
      // A collector that is gone must not keep the process from ending well.
      stopped ??= sdk.shutdown().catch(() => {});
      return stopped;
    },
  };
}
