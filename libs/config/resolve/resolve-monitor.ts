import { parseDuration } from '../duration.ts';
import type { MonitorConfig, SegmentsConfig } from '../resolved.ts';
import { BY_MODEL_VERSION } from '../rules/check-baselines.ts';
import { greatestCommonDivisor } from '../rules/check-windows.ts';
import {
  type MonitorDocument,
  MonitorSchema,
  RetentionSchema,
  SegmentsSchema,
} from '../schemas/monitor.ts';
import { resolveComparison } from './resolve-comparison.ts';
import { resolveSequential } from './resolve-sequential.ts';
import { durationSetting, optional, setting } from './setting.ts';

export function resolveMonitor(
  key: { readonly namespace: string; readonly name: string },
  document: MonitorDocument,
): MonitorConfig {
  const { baseline } = document;
  const times = resolveTimes(document);
  return {
    ...key,
    stream: document.stream,
    baseline:
      baseline === BY_MODEL_VERSION
        ? { kind: 'by_model_version' }
        : { kind: 'named', name: baseline },
    ...times,
    ...resolveComparison(document),
    sequential: resolveSequential(document.sequential),
    ...optional('segments', resolveSegments(document.segments)),
    resolution: setting(MonitorSchema, { document, key: 'resolution' }),
    persistence: setting(MonitorSchema, { document, key: 'persistence' }),
    ...optional('owner', document.owner),
    ...optional('runbook', document.runbook),
    ...optional('objective', document.objective),
    ...optional('risk', document.risk),
    notify: typeof document.notify === 'string' ? [document.notify] : (document.notify ?? []),
    notifyMaxAgeMs: durationSetting(MonitorSchema, { document, key: 'notify_max_age' }),
  };
}

function resolveTimes(document: MonitorDocument) {
  const windowMs = parseDuration(document.window);
  const hopMs = document.hop === undefined ? windowMs : parseDuration(document.hop);
  const paneMs =
    document.pane === undefined
      ? greatestCommonDivisor(windowMs, hopMs)
      : parseDuration(document.pane);
  const latenessMs =
    document.lateness === undefined ? Math.round(windowMs / 10) : parseDuration(document.lateness);
  const retention = document.retention ?? {};
  const panesMs = durationSetting(RetentionSchema, { document: retention, key: 'panes' });
  return {
    windowMs,
    hopMs,
    paneMs,
    latenessMs,
    retention: {
      // The default must not drop panes of a window that is still open.
      panesMs: Math.max(panesMs, windowMs + latenessMs),
      evaluationsMs: durationSetting(RetentionSchema, { document: retention, key: 'evaluations' }),
    },
  };
}

function resolveSegments(document: MonitorDocument['segments']): SegmentsConfig | undefined {
  if (document === undefined) return undefined;
  const { by } = document;
  return {
    by: typeof by === 'string' ? [by] : by,
    most: setting(SegmentsSchema, { document, key: 'most' }),
    minRows: setting(SegmentsSchema, { document, key: 'min_rows' }),
  };
}
