import { Type } from 'typebox';
import {
  Closed,
  ConditionName,
  Count,
  List,
  Nullable,
  OneOf,
  ref,
  TimeSpan,
  Timestamp,
  VerdictName,
} from './shared.ts';

const Band = Closed({ low: Nullable(Type.Number()), high: Nullable(Type.Number()) });
const Limits = Closed({ warning: Nullable(Type.Number()), critical: Nullable(Type.Number()) });

export const MonitorDefinition = Closed(
  {
    stream: Type.String(),
    baseline: Type.String({ description: 'Name of a baseline, or `by_model_version`.' }),
    window_ms: Count,
    hop_ms: Count,
    pane_ms: Count,
    lateness_ms: Count,
    fields: Type.Union([Type.Literal('auto'), List(Type.String())]),
    segments: Nullable(Closed({ by: List(Type.String()), most: Count, min_rows: Count }), {
      description: 'By what events are divided; null: not at all.',
    }),
    thresholds: Type.Record(
      Type.String(),
      Type.Record(Type.String(), Type.Union([Type.Literal('off'), Limits])),
      { description: 'What was set, by field and statistic; all else has the defaults.' },
    ),
    volume: Type.Union(
      [
        Type.Literal('default'),
        Type.Literal('off'),
        Closed({ warning: Nullable(Band), critical: Nullable(Band) }),
      ],
      { description: 'Ratio of the events to the usual number.' },
    ),
    sequential: List(
      Closed({
        field: Type.String(),
        statistic: Type.String(),
        detector: Type.String(),
        options: Type.Record(Type.String(), Type.Number()),
        verdict: OneOf(['warning', 'critical']),
      }),
      { description: 'Detectors over the series of windows.' },
    ),
    min_samples: Count,
    significance: Type.Number(),
    evidence: Type.String(),
    persistence: Closed({ count: Count, of: Count }),
    owner: Nullable(Type.String()),
    runbook: Nullable(Type.String()),
    objective: Nullable(Type.String()),
    risk: Nullable(Type.String()),
    notify: List(Type.String()),
  },
  { $id: 'MonitorDefinition' },
);

export const FieldState = Closed(
  {
    field: Nullable(Type.String(), { description: 'null: the stream as a whole (volume).' }),
    segment: Nullable(Type.String()),
    verdict: VerdictName,
    reason: Type.String(),
    reason_code: Type.String(),
    window: TimeSpan,
    revision: Count,
    published_at: Timestamp,
  },
  { $id: 'FieldState' },
);

export const MonitorItem = Closed(
  {
    namespace: Type.String(),
    name: Type.String(),
    managed_by: OneOf(['file', 'api']),
    revision: Count,
    definition: ref(MonitorDefinition),
    stream: Closed({
      name: Type.String(),
      condition: ConditionName,
      reason: Type.String(),
      stale: Type.Boolean({ description: 'No evaluator has reported for 30 s.' }),
      since: Nullable(Timestamp),
      watermark: Nullable(Timestamp),
      last_event_at: Nullable(Timestamp),
      tallies: Type.Record(Type.String(), Type.Number()),
      lag: Nullable(Closed({ records: Count, seconds: Nullable(Type.Number()) })),
      sampling: Nullable(Closed({ share: Type.Number() }), {
        description: 'Only this share of the keys is counted; null: all.',
      }),
    }),
    status: OneOf(
      ['critical', 'stalled', 'warning', 'no_baseline', 'insufficient_data', 'waiting', 'ok'],
      {
        description:
          'The worst of verdict and stream; `waiting` before the first window, `stalled` also while no evaluator reports.',
      },
    ),
    verdict: Nullable(VerdictName, {
      description: 'The worst in the newest window; a segment with too little data does not count.',
    }),
    window: Nullable(TimeSpan, { description: 'The newest published window.' }),
    fields: List(ref(FieldState), { description: 'Of the newest window, worst first.' }),
  },
  { $id: 'Monitor' },
);

export const MonitorList = Closed({ items: List(ref(MonitorItem)) }, { $id: 'MonitorList' });
