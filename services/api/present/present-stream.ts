import type { Static } from 'typebox';
import { formatDuration } from '#libs/config/duration.ts';
import type { StreamStatus } from '#libs/store/port.ts';
import type { StreamStatusView } from '../schemas/stream.ts';
import { isoOrNull } from './iso.ts';

type View = Static<typeof StreamStatusView>;

/** A living evaluator writes a status at least every 5 s; after this long none is there. */
const STALE_AFTER_MS = 30_000;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000] as const;

/**
 * A stream's status as the API answers it; `now` is this server's clock. After the end of a stream
 * nothing is awaited, so that its status does not become stale.
 */
export function presentStream(
  status: StreamStatus,
  { now }: { readonly now: number },
): Static<typeof StreamStatusView> {
  const age = now - status.updatedAt;
  const stale = age > STALE_AFTER_MS && status.condition !== 'ended';
  return {
    namespace: status.namespace,
    stream: status.stream,
    condition: status.condition,
    reason: stale
      ? `No evaluator has reported for ${roughly(age)}. The last report: ${status.reason}`
      : status.reason,
    stale,
    since: isoOrNull(status.since),
    watermark: isoOrNull(status.watermark),
    last_event_at: isoOrNull(status.lastEventAt),
    tallies: status.tallies,
    partitions: status.partitions.map(({ epoch, lagRecords, lagMs, ...partition }) => ({
      ...partition,
      highest: isoOrNull(partition.highest),
      epoch: epoch ?? null,
      lag_records: lagRecords ?? null,
      lag_seconds: lagMs === undefined ? null : lagMs / 1000,
    })),
    lag: totalLag(status.partitions),
    updated_at: isoOrNull(status.updatedAt),
  };
}

/** In the largest unit that fits, rounded down. */
function roughly(ms: number): string {
  const unit = UNITS_MS.find((size) => ms >= size) ?? 1000;
  return formatDuration(Math.floor(ms / unit) * unit);
}

/** Of all partitions together; `null` where the end of one is not known. */
function totalLag(partitions: StreamStatus['partitions']): View['lag'] {
  if (partitions.length === 0) return null;
  let records = 0;
  let ms: number | null = 0;
  for (const { lagRecords, lagMs } of partitions) {
    if (lagRecords === undefined) return null;
    records += lagRecords;
    ms = lagMs === undefined || ms === null ? null : Math.max(ms, lagMs);
  }
  return { records, seconds: ms === null ? null : ms / 1000 };
}

/** What is said of a configured stream before its evaluator has reported anything. */
export function unreportedStream(
  namespace: string,
  stream: string,
): Static<typeof StreamStatusView> {
  return {
    namespace,
    stream,
    condition: 'waiting',
    reason: 'No evaluator has reported on this stream yet.',
    stale: false,
    since: null,
    watermark: null,
    last_event_at: null,
    tallies: {},
    partitions: [],
    lag: null,
    updated_at: null,
  };
}
