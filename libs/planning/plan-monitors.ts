import type { Baseline } from '#libs/baselines/baseline.ts';
import { decodeBaseline } from '#libs/baselines/decode.ts';
import { projectBaseline } from '#libs/baselines/project.ts';
import type { MonitorConfig, ResolvedResources, StreamConfig } from '#libs/config/resolved.ts';
import type { JudgeReference } from '#libs/detectors/create-judge.ts';
import { type MonitorRules, resolveRules } from '#libs/detectors/rules.ts';
import { resolveSeriesRules, type SeriesRule } from '#libs/detectors/series-rules.ts';
import { PlumblineError } from '#libs/errors/plumbline-error.ts';
import { defineProfile, type ProfileDefinition } from '#libs/profiles/definition.ts';
import type { BaselineRecord, Store } from '#libs/store/port.ts';
import { type BaselineExpiry, baselineExpiry } from './baseline-expiry.ts';
import { judgeReference } from './judge-reference.ts';

/** One monitor over one baseline, with everything that counting and judging need. */
export interface MonitorPlan {
  readonly monitor: MonitorConfig;
  readonly stream: StreamConfig;
  readonly record: BaselineRecord;
  readonly profile: ProfileDefinition;
  readonly reference: JudgeReference;
  readonly rules: MonitorRules;
  /** `null` where the baseline is good for ever. */
  readonly expiry: BaselineExpiry | null;
  /** Detectors over the series of its windows. */
  readonly series: readonly SeriesRule[];
}

/**
 * Turns configuration and stored baselines into profiles to count and rules to judge by. Monitors
 * that count the same things share a profile: their profile ids are equal.
 *
 * @throws PLB_BASELINE_NOT_FOUND, PLB_BASELINE_FIELD, PLB_CONFIG_INVALID with the monitor's path.
 */
export async function planMonitors(
  resources: ResolvedResources,
  store: Store,
): Promise<readonly MonitorPlan[]> {
  const decoded = new Map<string, Baseline>();
  const plans: MonitorPlan[] = [];
  for (const monitor of resources.monitors) {
    const stream = resources.streams.find(
      ({ namespace, name }) => namespace === monitor.namespace && name === monitor.stream,
    );
    if (stream === undefined) {
      throw new PlumblineError(
        'PLB_CONFIG_INVALID',
        `Cannot plan monitor ${monitor.name}: there is no stream ${monitor.stream}`,
        { path: `monitors.${monitor.name}.stream` },
      );
    }
    for (const record of await recordsOf(monitor, store)) {
      let baseline = decoded.get(record.hash);
      if (baseline === undefined) {
        baseline = decodeBaseline(await store.baselineContent(record.hash));
        decoded.set(record.hash, baseline);
      }
      const config = resources.baselines.find(
        ({ namespace, name }) => namespace === record.namespace && name === record.name,
      );
      const expiry = baselineExpiry(record, config);
      plans.push({ ...planMonitor({ monitor, stream, record, baseline }), expiry });
    }
  }
  return plans;
}

async function recordsOf(monitor: MonitorConfig, store: Store): Promise<readonly BaselineRecord[]> {
  const { namespace, baseline } = monitor;
  if (baseline.kind === 'named') {
    const record = await store.findBaseline({ namespace, name: baseline.name });
    if (record !== undefined) return [record];
    throw new PlumblineError(
      'PLB_BASELINE_NOT_FOUND',
      `Cannot plan monitor ${monitor.name}: there is no baseline ${baseline.name}`,
      {
        path: `monitors.${monitor.name}.baseline`,
        fix: 'describe it under `baselines`',
      },
    );
  }
  // The newest baseline of each model version; records come newest first.
  const byVersion = new Map<string, BaselineRecord>();
  for (const record of await store.listBaselines(namespace)) {
    const { modelVersion } = record;
    if (modelVersion !== null && !byVersion.has(modelVersion)) byVersion.set(modelVersion, record);
  }
  if (byVersion.size > 1) {
    throw new PlumblineError(
      'PLB_CONFIG_INVALID',
      `Cannot plan monitor ${monitor.name}: baselines of ${byVersion.size} model versions are stored, and this release watches one at a time`,
      {
        path: `monitors.${monitor.name}.baseline`,
        fix: 'write one monitor per model version, each naming its baseline',
      },
    );
  }
  if (byVersion.size === 1) return [...byVersion.values()];
  throw new PlumblineError(
    'PLB_BASELINE_NOT_FOUND',
    `Cannot plan monitor ${monitor.name}: no baseline names the model version it belongs to`,
    {
      path: `monitors.${monitor.name}.baseline`,
      fix: 'give at least one baseline a `model_version`, or name a baseline',
    },
  );
}

function planMonitor(parts: {
  readonly monitor: MonitorConfig;
  readonly stream: StreamConfig;
  readonly record: BaselineRecord;
  readonly baseline: Baseline;
}): Omit<MonitorPlan, 'expiry'> {
  const { monitor, stream, record, baseline } = parts;
  const projected = projectBaseline(baseline, {
    ...(monitor.fields.kind === 'auto'
      ? {}
      : { fields: [...monitor.fields.fields, ...monitor.derive].map(({ name }) => name) }),
    resolution: monitor.resolution,
    ...(monitor.segments === undefined ? {} : { segments: monitor.segments }),
    ...(monitor.bins.default.kind === 'count' ? { bins: monitor.bins.default.count } : {}),
    edges: Object.fromEntries(
      monitor.bins.fields.flatMap(({ field, bins }) =>
        bins.kind === 'edges' ? [[field, bins.edges]] : [],
      ),
    ),
  });
  const profile = defineProfile({
    reading: {
      namespace: stream.namespace,
      stream: stream.name,
      topics: stream.topics,
      codec: stream.codec,
      time: stream.timePath,
      maxEventBytes: stream.maxEventBytes,
      maxAheadMs: stream.maxAheadMs,
      ...(stream.sampling === undefined ? {} : { sampling: stream.sampling }),
    },
    layout: projected.layout,
    paneMs: monitor.paneMs,
    blockSize: stream.blockSize,
    modelVersion:
      monitor.baseline.kind === 'by_model_version' &&
      stream.modelVersionPath !== undefined &&
      record.modelVersion !== null
        ? { path: stream.modelVersionPath, value: record.modelVersion }
        : null,
  });
  return {
    monitor,
    stream,
    record,
    profile,
    reference: judgeReference(baseline, {
      ...{ projected, paneMs: monitor.paneMs },
      ...(monitor.segments === undefined ? {} : { minSegmentRows: monitor.segments.minRows }),
    }),
    rules: resolveRules(projected.layout, monitor),
    series: resolveSeriesRules(projected.layout, monitor.sequential),
  };
}
