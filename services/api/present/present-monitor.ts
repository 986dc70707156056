import type { Static } from 'typebox';
import type {
  BaselineReference,
  FieldSelection,
  FieldThresholds,
  MonitorConfig,
  VolumeBand,
  VolumeThreshold,
} from '#libs/config/resolved.ts';
import type { Evaluation, Verdict } from '#libs/detectors/evaluation.ts';
import type { ResourceRecord } from '#libs/store/port.ts';
import type { FieldState, MonitorDefinition, MonitorItem } from '../schemas/monitor.ts';
import type { StreamStatusView } from '../schemas/stream.ts';
import { iso, isoRange } from './iso.ts';

type MonitorView = Static<typeof MonitorItem>;
type FieldView = Static<typeof FieldState>;
type Definition = Static<typeof MonitorDefinition>;

/** From worst to best: what is known to be wrong comes before what is not known. */
const VERDICTS: readonly Verdict[] = [
  'critical',
  'warning',
  'no_baseline',
  'insufficient_data',
  'ok',
];
const STATUSES: readonly MonitorView['status'][] = ['critical', 'stalled', ...VERDICTS.slice(1)];

export interface MonitorSources {
  readonly record: Pick<ResourceRecord, 'managedBy' | 'revision'>;
  readonly stream: Static<typeof StreamStatusView>;
  readonly sampling: MonitorView['stream']['sampling'];
  /** Latest evaluations of this monitor, whatever their window. */
  readonly evaluations: readonly Evaluation[];
}

/** A monitor with its definition, its stream's condition and the verdicts of its newest window. */
export function presentMonitor(monitor: MonitorConfig, sources: MonitorSources): MonitorView {
  const { record, stream } = sources;
  const newest = newestWindow(sources.evaluations);
  const fields = newest.map(presentField).sort(byVerdictThenName);
  const verdict = fields.find(speaksForAll)?.verdict ?? null;
  return {
    namespace: monitor.namespace,
    name: monitor.name,
    managed_by: record.managedBy,
    revision: record.revision,
    definition: presentDefinition(monitor),
    stream: {
      name: monitor.stream,
      condition: stream.condition,
      reason: stream.reason,
      stale: stream.stale,
      since: stream.since,
      watermark: stream.watermark,
      last_event_at: stream.last_event_at,
      tallies: stream.tallies,
      lag: stream.lag,
      sampling: sources.sampling,
    },
    status: statusOf(verdict, stream),
    verdict,
    window: newest[0] === undefined ? null : isoRange(newest[0].window),
    fields,
  };
}

/** A small segment that a window lacks is usual, and no reason to doubt the rest. */
function speaksForAll({ segment, verdict }: FieldView): boolean {
  return segment === null || verdict !== 'insufficient_data';
}

/** Silence is a signal: what is not watched is never shown as well, however good its last window. */
function statusOf(
  verdict: Verdict | null,
  { condition, stale }: MonitorSources['stream'],
): MonitorView['status'] {
  const states: MonitorView['status'][] = [verdict ?? 'waiting'];
  if (condition === 'stalled' || stale) states.push('stalled');
  return STATUSES.find((status) => states.includes(status)) ?? 'waiting';
}

/** A field that the newest window no longer has is no longer watched. */
function newestWindow(evaluations: readonly Evaluation[]): readonly Evaluation[] {
  const end = Math.max(...evaluations.map(({ window }) => window.end));
  return evaluations.filter(({ window }) => window.end === end);
}

function byVerdictThenName(a: FieldView, b: FieldView): number {
  const rank = VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict);
  if (rank !== 0) return rank;
  const [left, right] = [a, b].map(({ field, segment }) => `${field ?? ''}\0${segment ?? ''}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

function presentField(evaluation: Evaluation): FieldView {
  return {
    field: evaluation.field,
    segment: evaluation.segment,
    verdict: evaluation.verdict,
    reason: evaluation.reason,
    reason_code: evaluation.reason_code,
    window: isoRange(evaluation.window),
    revision: evaluation.revision,
    published_at: iso(evaluation.published_at),
  };
}

function presentDefinition(monitor: MonitorConfig): Definition {
  return {
    stream: monitor.stream,
    baseline: baselineName(monitor.baseline),
    window_ms: monitor.windowMs,
    hop_ms: monitor.hopMs,
    pane_ms: monitor.paneMs,
    lateness_ms: monitor.latenessMs,
    fields: fieldNames(monitor.fields),
    segments: presentSegments(monitor.segments),
    thresholds: Object.fromEntries(monitor.thresholds.map((entry) => [entry.field, limits(entry)])),
    volume: volumeLimits(monitor.volume),
    sequential: monitor.sequential,
    min_samples: monitor.minSamples,
    significance: monitor.significance,
    evidence: monitor.evidence,
    persistence: monitor.persistence,
    owner: monitor.owner ?? null,
    runbook: monitor.runbook ?? null,
    objective: monitor.objective ?? null,
    risk: monitor.risk ?? null,
    notify: monitor.notify,
  };
}

function baselineName(reference: BaselineReference): string {
  return reference.kind === 'named' ? reference.name : 'by_model_version';
}

function fieldNames(selection: FieldSelection): 'auto' | string[] {
  return selection.kind === 'auto' ? 'auto' : selection.fields.map(({ name }) => name);
}

function presentSegments(segments: MonitorConfig['segments']): Definition['segments'] {
  if (segments === undefined) return null;
  const { by, most, minRows } = segments;
  return { by: [...by], most, min_rows: minRows };
}

function limits({ statistics }: FieldThresholds): Definition['thresholds'][string] {
  const entries = Object.entries(statistics).map(([name, threshold]) => [
    name,
    threshold.kind === 'off'
      ? ('off' as const)
      : { warning: threshold.warning ?? null, critical: threshold.critical ?? null },
  ]);
  return Object.fromEntries(entries);
}

function volumeLimits(volume: VolumeThreshold): Definition['volume'] {
  if (volume.kind !== 'band') return volume.kind;
  return { warning: band(volume.warning), critical: band(volume.critical) };
}

function band(limit: VolumeBand | undefined) {
  return limit === undefined ? null : { low: limit.low ?? null, high: limit.high ?? null };
}
