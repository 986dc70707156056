import { Type } from 'typebox';
import {
  Closed,
  Count,
  List,
  Namespace,
  Nullable,
  OneOf,
  ref,
  TimeSpan,
  Timestamp,
  VerdictName,
} from './shared.ts';

const MaybeNumber = Type.Optional(Nullable(Type.Number()));

export const Statistic = Closed(
  {
    statistic: Nullable(Type.Number()),
    p_value: MaybeNumber,
    log10_p: MaybeNumber,
    p_adjusted: MaybeNumber,
    critical_value: MaybeNumber,
    detectable: MaybeNumber,
    threshold: Type.Optional(
      Closed({ warning: Type.Optional(Type.Number()), critical: Type.Optional(Type.Number()) }),
    ),
    error_bound: MaybeNumber,
    evidence: Type.Optional(OneOf(['iid', 'reference_windows', 'reference_panes'])),
    design_effect: MaybeNumber,
    rank: Type.Optional(Closed({ above: Count, of: Count })),
    verdict: Type.Optional(OneOf(['ok', 'warning', 'critical'])),
    baseline: MaybeNumber,
    window: MaybeNumber,
    at: MaybeNumber,
    attribution: Type.Optional(
      List(
        Closed({
          segment: Type.String(),
          within: Type.Number({ description: 'Because the values of the segment changed.' }),
          mix: Type.Number({ description: 'Because its share of all values changed.' }),
          baseline: Type.Number({ description: 'Its share of the baseline.' }),
          window: Type.Number({ description: 'Its share of the window.' }),
        }),
        {
          description:
            'Which segments carry the figure that led to an alarm, the largest first; within and mix of all add up to it.',
        },
      ),
    ),
    sequential: Type.Optional(
      Closed({
        detector: Type.String(),
        kind: OneOf(['waiting', 'steady', 'drift']),
        windows: Count,
        direction: Type.Optional(OneOf(['up', 'down'])),
        statistic: Type.Optional(Type.Number()),
        limit: Type.Optional(Type.Number()),
      }),
    ),
    details: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]),
      ),
    ),
  },
  { $id: 'Statistic', description: 'A member that does not apply is absent; null is unknown.' },
);

const Numbers = List(Nullable(Type.Number()));

const Bin = Closed({
  label: Type.String(),
  lower: MaybeNumber,
  upper: MaybeNumber,
  baseline: Nullable(Type.Number()),
  window: Nullable(Type.Number()),
});

export const Detail = Closed(
  {
    bins: List(Bin),
    cumulative: Type.Optional(Closed({ x: Numbers, baseline: Numbers, window: Numbers })),
    gap: Type.Optional(
      Closed({
        x: Nullable(Type.Number()),
        baseline: Nullable(Type.Number()),
        window: Nullable(Type.Number()),
      }),
    ),
    unseen: Type.Optional(List(Closed({ value: Type.String(), count: Count }))),
    quantiles: Type.Optional(Closed({ levels: Numbers, baseline: Numbers, window: Numbers })),
  },
  { $id: 'DistributionDetail', description: 'Shares of baseline and window, for plots.' },
);

export const EvaluationItem = Closed(
  {
    namespace: Type.String(),
    monitor: Type.String(),
    field: Nullable(Type.String(), { description: 'null: the stream as a whole (volume).' }),
    segment: Nullable(Type.String(), {
      description: 'null: all events; other: those of no segment of their own.',
    }),
    window: TimeSpan,
    revision: Count,
    verdict: VerdictName,
    reason: Type.String(),
    reason_code: Type.String(),
    n: Type.Number({ description: 'Usable baseline values.' }),
    m: Type.Number({ description: 'Usable window values.' }),
    statistics: Type.Record(Type.String(), ref(Statistic), {
      description: 'By name: ks, psi, wasserstein, missing_rate, volume …',
    }),
    warnings: List(Type.String()),
    profile_id: Type.String(),
    baseline: Closed({ name: Type.String(), version: Type.String(), hash: Type.String() }),
    offsets: Type.Record(Type.String(), Count, {
      description: 'By topic/partition: all offsets below are in the counts.',
    }),
    excused: List(Type.String(), { description: 'Partitions that were not waited for.' }),
    config_revision: Count,
    complete: Type.Boolean({
      description: 'False for the first or last window of the data, which may lack a part.',
    }),
    sampling: Nullable(Closed({ share: Type.Number() }), {
      description: 'Only this share of the keys was counted, in n and m too; null: all.',
    }),
    published_at: Timestamp,
    detail: Type.Optional(ref(Detail)),
  },
  { $id: 'Evaluation' },
);

export const EvaluationList = Closed(
  {
    items: List(ref(EvaluationItem)),
    next_cursor: Nullable(Type.String(), { description: 'null: this was the last page.' }),
  },
  { $id: 'EvaluationList' },
);

const Moment = Type.String({
  minLength: 4,
  maxLength: 40,
  description: 'ISO 8601 date or date-time; without an offset it is UTC.',
  examples: ['2001-01-31', '2001-01-31T06:00:00Z'],
});

export const EvaluationsQuery = Closed({
  namespace: Type.Optional(Namespace),
  monitor: Type.Optional(Type.String({ minLength: 1, description: 'Name of a monitor.' })),
  field: Type.Optional(
    Type.String({
      description:
        'Name of a field; `null` (or an empty value) asks for the stream as a whole (volume).',
    }),
  ),
  segment: Type.Optional(
    Type.String({
      description:
        'Name of a segment, such as `country=DE` or `other`; `null` (or an empty value) asks for all events together.',
    }),
  ),
  verdict: Type.Optional(VerdictName),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
  revisions: Type.Optional(
    OneOf(['latest', 'all'], {
      default: 'latest',
      description: 'Only the newest revision of each window, or all.',
    }),
  ),
  order: Type.Optional(
    OneOf(['asc', 'desc'], { default: 'desc', description: 'By time of the window.' }),
  ),
  detail: Type.Optional(
    Type.Boolean({ default: false, description: 'Also the distributions for plots.' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
});
