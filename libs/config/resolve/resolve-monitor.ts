import { toSchemaNode } from '../describe.ts';
import { parseDuration } from '../duration.ts';
import type { BinSpec, FieldSelection, MonitorConfig } from '../resolved.ts';
import { BY_MODEL_VERSION } from '../rules/check-baselines.ts';
import { greatestCommonDivisor } from '../rules/check-windows.ts';
import { type MonitorDocument, MonitorSchema, RetentionSchema } from '../schemas/monitor.ts';
import { resolveDerivedFields, resolveFieldOverrides } from './resolve-fields.ts';
import { resolveThresholds } from './resolve-thresholds.ts';
import { durationSetting, optional, setting } from './setting.ts';

export function resolveMonitor(
  key: { readonly namespace: string; readonly name: string },
  document: MonitorDocument,
): MonitorConfig {
  const { baseline, zero_fill: zeroFill } = document;
  const times = resolveTimes(document);
  return {
    ...key,
    stream: document.stream,
    baseline:
      baseline === BY_MODEL_VERSION
        ? { kind: 'by_model_version' }
        : { kind: 'named', name: baseline },
    ...times,
    fields: resolveSelection(setting(MonitorSchema, { document, key: 'fields' })),
    derive: resolveDerivedFields(document.derive),
    ...resolveThresholds(document.thresholds),
    minSamples: setting(MonitorSchema, { document, key: 'min_samples' }),
    significance: setting(MonitorSchema, { document, key: 'significance' }),
    evidence: setting(MonitorSchema, { document, key: 'evidence' }),
    resolution: setting(MonitorSchema, { document, key: 'resolution' }),
    bins: resolveBins(setting(MonitorSchema, { document, key: 'bins' })),
    zeroFill:
      zeroFill === undefined
        ? { kind: 'half_observation' }
        : { kind: 'epsilon', epsilon: zeroFill.epsilon },
    missingAsBin: setting(MonitorSchema, { document, key: 'missing_as_bin' }),
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

function resolveSelection(fields: NonNullable<MonitorDocument['fields']>): FieldSelection {
  if (fields === 'auto') return { kind: 'auto' };
  return {
    kind: 'listed',
    fields: Array.isArray(fields)
      ? fields.map((name) => ({ name }))
      : resolveFieldOverrides(fields),
  };
}

function resolveBins(bins: NonNullable<MonitorDocument['bins']>): MonitorConfig['bins'] {
  if (typeof bins === 'number') return { default: { kind: 'count', count: bins }, fields: [] };
  const { '*': others = Number(toSchemaNode(MonitorSchema.properties.bins).default), ...named } =
    bins;
  return {
    default: toBinSpec(others),
    fields: Object.entries(named).map(([field, spec]) => ({ field, bins: toBinSpec(spec) })),
  };
}

function toBinSpec(bins: number | number[]): BinSpec {
  return typeof bins === 'number' ? { kind: 'count', count: bins } : { kind: 'edges', edges: bins };
}
