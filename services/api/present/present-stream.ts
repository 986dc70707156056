import type { Static } from 'typebox';
import type { StreamStatus } from '#libs/store/port.ts';
import type { StreamStatusView } from '../schemas/stream.ts';
import { isoOrNull } from './iso.ts';

type View = Static<typeof StreamStatusView>;

/** A stream's status as the API answers it. */
export function presentStream(status: StreamStatus): Static<typeof StreamStatusView> {
  return {
    namespace: status.namespace,
    stream: status.stream,
    condition: status.condition,
    reason: status.reason,
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
    since: null,
    watermark: null,
    last_event_at: null,
    tallies: {},
    partitions: [],
    lag: null,
    updated_at: null,
  };
}
