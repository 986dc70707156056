import { Type } from 'typebox';
import { Closed, ConditionName, Count, List, Nullable, ref, Timestamp } from './shared.ts';

export const StreamStatusView = Closed(
  {
    namespace: Type.String(),
    stream: Type.String(),
    condition: ConditionName,
    reason: Type.String(),
    stale: Type.Boolean({
      description:
        'No evaluator has reported for 30 s: the condition and all else is what was last known.',
    }),
    since: Nullable(Timestamp, { description: 'Since when the condition holds.' }),
    watermark: Nullable(Timestamp, { description: 'Event time up to which it is complete.' }),
    last_event_at: Nullable(Timestamp),
    tallies: Type.Record(Type.String(), Type.Number(), {
      description: 'Events counted, bad by reason, synthetic, late, future, lost.',
    }),
    partitions: List(
      Closed({
        topic: Type.String(),
        partition: Count,
        applied: Count,
        highest: Nullable(Timestamp, { description: 'Highest event time seen.' }),
        idle: Type.Boolean(),
        ended: Type.Boolean(),
        epoch: Nullable(Count, { description: 'Raised when the log began anew.' }),
        lag_records: Nullable(Count, {
          description: 'Records of the log that are in no counts yet; null: not known.',
        }),
        lag_seconds: Nullable(Type.Number(), {
          description: 'Age of the last counted record; 0 when none is waiting.',
        }),
      }),
    ),
    lag: Nullable(Closed({ records: Count, seconds: Nullable(Type.Number()) }), {
      description:
        'Records waiting over all partitions, and the age of the last counted record of the one furthest behind; null: not known.',
    }),
    updated_at: Nullable(Timestamp, { description: 'null: no evaluator has reported yet.' }),
  },
  { $id: 'StreamStatus' },
);

export const StreamItem = Closed(
  {
    namespace: Type.String(),
    name: Type.String(),
    topics: Nullable(List(Type.String()), {
      description: 'null: the stream is no longer configured, but has a status.',
    }),
    sampling: Nullable(Closed({ share: Type.Number() }), {
      description: 'Only this share of the keys is counted; null: all.',
    }),
    status: ref(StreamStatusView),
  },
  { $id: 'Stream' },
);

export const StreamList = Closed({ items: List(ref(StreamItem)) }, { $id: 'StreamList' });
