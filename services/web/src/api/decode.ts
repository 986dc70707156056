import type {
  BinShare,
  DistributionDetail,
  Evaluation,
  StatisticFigure,
  TimeRange,
} from '#libs/detectors/evaluation.ts';
import type { MonitorItem } from './types.ts';
import type { WireDetail, WireEvaluation, WireMonitor, WireTimeSpan } from './wire.ts';

/** A monitor with its times as numbers. */
export function decodeMonitor(wire: WireMonitor): MonitorItem {
  const { definition, stream } = wire;
  return {
    name: wire.name,
    window: definition.window_ms,
    hop: definition.hop_ms,
    baseline: definition.baseline,
    owner: definition.owner,
    runbook: definition.runbook,
    stream: {
      name: stream.name,
      condition: stream.stale ? 'unwatched' : stream.condition,
      reason: stream.reason,
      watermark: stream.watermark === null ? null : Date.parse(stream.watermark),
      tallies: stream.tallies,
      lag: stream.lag,
      sampling: stream.sampling,
    },
    verdict: wire.verdict,
    fields: wire.fields.map((field) => ({ ...field, window: decodeTimeSpan(field.window) })),
  };
}

/** An evaluation with its times as numbers; a statistic that is unknown is left out. */
export function decodeEvaluation(wire: WireEvaluation): Evaluation {
  const { profile_id, baseline, offsets, excused, config_revision, ...others } = wire;
  const { complete, sampling, detail, ...rest } = others;
  const sampled = sampling === null ? {} : { sampling };
  const statistics = Object.entries(wire.statistics).flatMap(([name, figure]) =>
    figure.statistic === null ? [] : [[name, withoutNulls<StatisticFigure>(figure)] as const],
  );
  return {
    ...rest,
    window: decodeTimeSpan(wire.window),
    published_at: Date.parse(wire.published_at),
    statistics: Object.fromEntries(statistics),
    provenance: { profile_id, baseline, offsets, excused, config_revision, complete, ...sampled },
    ...(detail === undefined ? {} : { detail: decodeDetail(detail) }),
  };
}

function decodeTimeSpan(span: WireTimeSpan): TimeRange {
  return { start: Date.parse(span.start), end: Date.parse(span.end) };
}

function decodeDetail(wire: WireDetail): DistributionDetail {
  const { cumulative, gap, unseen, quantiles } = wire;
  const { x, baseline, window } = gap ?? { x: null, baseline: null, window: null };
  return {
    bins: wire.bins.map((bin) => withoutNulls<BinShare>(bin)),
    ...(cumulative === undefined ? {} : { cumulative: completeColumns(cumulative) }),
    ...(x === null || baseline === null || window === null ? {} : { gap: { x, baseline, window } }),
    ...(unseen === undefined ? {} : { unseen }),
    ...(quantiles === undefined ? {} : { quantiles: completeColumns(quantiles) }),
  };
}

/** Keeps the positions at which every column holds a number. */
function completeColumns<K extends string>(
  columns: Readonly<Record<K, readonly (number | null)[]>>,
): Record<K, readonly number[]> {
  const lists: (readonly (number | null)[])[] = Object.values(columns);
  const complete = (lists[0] ?? []).map((_, index) =>
    lists.every((list) => typeof list[index] === 'number'),
  );
  const filtered = Object.entries<readonly (number | null)[]>(columns).map(([name, list]) => [
    name,
    list.filter((value, index) => complete[index] && value !== null),
  ]);
  return Object.fromEntries(filtered);
}

function withoutNulls<T extends object>(object: { readonly [K in keyof T]: T[K] | null }): T {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== null),
  ) as unknown as T;
}
