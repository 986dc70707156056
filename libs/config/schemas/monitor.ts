import { type Static, Type } from 'typebox';
import { DeriveSchema, fieldOverrides } from './field.ts';
import { SequentialSchema } from './sequential.ts';
import { ThresholdsSchema } from './threshold.ts';
import { byField, durationSchema, nameSchema, textSchema } from './vocabulary.ts';

const BinsSchema = Type.Union(
  [
    Type.Integer({ minimum: 2, maximum: 1000, description: 'Number of bins.' }),
    Type.Array(Type.Number(), {
      minItems: 1,
      maxItems: 1000,
      uniqueItems: true,
      description: 'Edges between bins, ascending, in the field’s unit.',
    }),
  ],
  { 'x-expects': 'a number of bins from 2 to 1000, or a list of ascending edges' },
);

const PersistenceSchema = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 1000, description: 'Windows that must agree …' }),
    of: Type.Integer({ minimum: 1, maximum: 1000, description: '… among this many last ones.' }),
  },
  {
    additionalProperties: false,
    description: 'How many of the last windows must be bad before an incident fires.',
    default: { count: 1, of: 1 },
    examples: [{ count: 3, of: 5 }],
  },
);

export const RetentionSchema = Type.Object(
  {
    panes: Type.Optional(
      durationSchema({ description: 'How long the counts of panes are kept.', default: '35d' }),
    ),
    evaluations: Type.Optional(
      durationSchema({ description: 'How long evaluations are kept.', default: '400d' }),
    ),
  },
  { additionalProperties: false, description: 'How long results are kept.' },
);

export const SegmentsSchema = Type.Object(
  {
    by: Type.Union(
      [
        textSchema({ description: 'A field of the baseline.' }),
        Type.Array(textSchema({ description: 'A field of the baseline.' }), {
          minItems: 1,
          maxItems: 2,
          uniqueItems: true,
        }),
      ],
      {
        description: 'The field, or the two, whose values make the segments.',
        examples: ['country', ['country', 'device']],
        'x-expects': 'the name of a field, or a list of one or two',
      },
    ),
    most: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description:
          'Most segments: the most frequent values of the baseline. All else is one more, other.',
        default: 20,
      }),
    ),
    min_rows: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Rows of the baseline below which a value is no segment of its own.',
        default: 500,
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'Events are also compared by segment, each like the whole; not at all unless given.',
    examples: [{ by: 'country' }, { by: ['country', 'device'], most: 50, min_rows: 1000 }],
  },
);

/** What is watched, over which windows, and when it counts as drift. */
export const MonitorSchema = Type.Object(
  {
    stream: nameSchema({
      description: 'Stream that is watched.',
      examples: ['scored'],
    }),
    baseline: nameSchema({
      description:
        'Baseline to compare with, or by_model_version: the one of the model version that an event names.',
      examples: ['fraud-v7', 'by_model_version'],
    }),
    window: durationSchema({
      description: 'Length of event time that one verdict is about.',
      examples: ['1h', '1d'],
      'x-minimum': '1s',
    }),
    hop: Type.Optional(
      durationSchema({
        description: 'Distance between the starts of windows; the window itself unless given.',
        examples: ['10m'],
        'x-minimum': '1s',
      }),
    ),
    pane: Type.Optional(
      durationSchema({
        description:
          'Smallest slice that is counted; the greatest common divisor of window and hop unless given.',
        examples: ['5m'],
        'x-minimum': '1s',
      }),
    ),
    lateness: Type.Optional(
      durationSchema({
        description:
          'How late an event may be and still be waited for; a tenth of the window unless given.',
        examples: ['6m', '0s'],
        'x-minimum': '0s',
      }),
    ),
    fields: Type.Optional(
      Type.Union(
        [
          Type.Enum(['auto']),
          Type.Array(textSchema({ description: 'Name of a field.' }), {
            minItems: 1,
            uniqueItems: true,
          }),
          fieldOverrides('The fields to watch, with what is special about each.'),
        ],
        {
          description:
            'Fields to watch: auto for all of the baseline, a list, or a map with overrides.',
          default: 'auto',
          examples: ['auto', ['amount', 'country'], { score: { role: 'score' } }],
          'x-expects': 'auto, a list of field names, or a map from field names to overrides',
        },
      ),
    ),
    derive: Type.Optional(DeriveSchema),
    segments: Type.Optional(SegmentsSchema),
    thresholds: Type.Optional(ThresholdsSchema),
    sequential: Type.Optional(SequentialSchema),
    min_samples: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Usable values below which a field has insufficient data.',
        default: 100,
      }),
    ),
    significance: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 0.5,
        description: 'Largest adjusted p-value that counts as evidence.',
        default: 0.01,
      }),
    ),
    evidence: Type.Optional(
      Type.Enum(['auto', 'iid', 'reference_windows', 'reference_panes'], {
        description:
          'Where p-values come from: independence (iid), or how much the baseline itself varied; auto takes the best there is.',
        default: 'auto',
      }),
    ),
    resolution: Type.Optional(
      Type.Integer({
        minimum: 16,
        maximum: 65_536,
        description: 'Most distinct baseline values of a field that are kept apart.',
        default: 2048,
      }),
    ),
    bins: Type.Optional(
      Type.Union(
        [
          Type.Integer({
            minimum: 2,
            maximum: 1000,
            description: 'Number of bins of every field.',
          }),
          byField(BinsSchema, { description: 'Bins by field; "*" stands for all others.' }),
        ],
        {
          description:
            'Bins for what compares shares, such as psi: a number, or by field a number or the edges.',
          default: 10,
          examples: [10, { delay: [0, 15, 60], '*': 20 }],
          'x-expects':
            'a number of bins from 2 to 1000, or a map from field names to a number or edges',
        },
      ),
    ),
    zero_fill: Type.Optional(
      Type.Object(
        {
          epsilon: Type.Number({
            exclusiveMinimum: 0,
            maximum: 0.01,
            description: 'Proportion that stands for an empty bin.',
            examples: [0.0001],
          }),
        },
        {
          additionalProperties: false,
          description: 'How psi and kl treat an empty bin; half an observation unless given.',
          examples: [{ epsilon: 0.0001 }],
        },
      ),
    ),
    missing_as_bin: Type.Optional(
      Type.Boolean({ description: 'Count missing values as a bin of their own.', default: false }),
    ),
    persistence: Type.Optional(PersistenceSchema),
    owner: Type.Optional(
      textSchema({ description: 'Who looks after it.', examples: ['data-eng'] }),
    ),
    runbook: Type.Optional(
      textSchema({
        description: 'Address of what to do when it fires.',
        examples: ['https://wiki.example.org/runbooks/fraud-drift'],
      }),
    ),
    objective: Type.Optional(
      textSchema({
        description: 'What the monitor protects.',
        examples: ['Fraud scores stay comparable with those of the model’s test.'],
      }),
    ),
    risk: Type.Optional(
      textSchema({
        description: 'What happens if nobody reacts.',
        examples: ['Missed fraud, blocked customers.'],
      }),
    ),
    notify: Type.Optional(
      Type.Union(
        [
          nameSchema({ description: 'A channel.' }),
          Type.Array(nameSchema({ description: 'A channel.' }), { minItems: 1, uniqueItems: true }),
        ],
        {
          description: 'Channel or channels that are told.',
          examples: ['oncall', ['oncall', 'team']],
          'x-expects': 'the name of a channel, or a list of names',
        },
      ),
    ),
    notify_max_age: Type.Optional(
      durationSchema({
        description: 'Windows that ended longer ago are evaluated, but nobody is told.',
        default: '1d',
      }),
    ),
    retention: Type.Optional(RetentionSchema),
  },
  {
    additionalProperties: false,
    description: 'What is watched, over which windows, and when it counts as drift.',
    examples: [
      {
        stream: 'scored',
        baseline: 'by_model_version',
        window: '1h',
        fields: 'auto',
        thresholds: { amount: { ks: { warning: 0.1, critical: 0.2 } } },
        owner: 'data-eng',
        notify: 'oncall',
      },
    ],
  },
);

export type MonitorDocument = Static<typeof MonitorSchema>;
