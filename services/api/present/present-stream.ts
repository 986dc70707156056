import type { Static } from 'typebox';
import type { StreamStatus } from '#libs/store/port.ts';
import type { StreamStatusView } from '../schemas/stream.ts';
import { isoOrNull } from './iso.ts';

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
    partitions: status.partitions.map((partition) => ({
      ...partition,
      highest: isoOrNull(partition.highest),
    })),
    updated_at: isoOrNull(status.updatedAt),
  };
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
    updated_at: null,
  };
}
