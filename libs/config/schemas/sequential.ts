import { type Static, type TProperties, Type } from 'typebox';
import type { StatisticName } from '#libs/statistics/result.ts';
import { byField } from './vocabulary.ts';

function detector<const K extends string, P extends TProperties>(
  name: K,
  options: { readonly description: string; readonly example: object; readonly properties: P },
) {
  return Type.Object(
    {
      detector: Type.Literal(name, { description: 'Which detector.' }),
      ...options.properties,
      verdict: Type.Optional(
        Type.Enum(['warning', 'critical'], {
          description: 'Verdict of the window with which the figures have risen.',
          default: 'warning',
        }),
      ),
    },
    {
      additionalProperties: false,
      description: options.description,
      examples: [{ detector: name, ...options.example }],
    },
  );
}

const usual = {
  mean: Type.Number({
    minimum: 0,
    description: 'Usual figure, such as the median of the last quiet months.',
    examples: [0.03],
  }),
  sd: Type.Number({
    exclusiveMinimum: 0,
    description: 'Its standard deviation from window to window.',
    examples: [0.01],
  }),
};

export const PageHinkleySchema = detector('page_hinkley', {
  description: 'Page–Hinkley: the figures exceed their own mean so far, in sum.',
  example: { delta: 0.01, lambda: 0.1 },
  properties: {
    delta: Type.Number({
      minimum: 0,
      description: 'Deviation from the mean that is tolerated in each window.',
      examples: [0.01],
    }),
    lambda: Type.Number({
      exclusiveMinimum: 0,
      description: 'Sum of the deviations beyond delta that is drift.',
      examples: [0.1],
    }),
    alpha: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'What a deviation still weighs one window later.',
        default: 0.9999,
      }),
    ),
    min_instances: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Windows before the first test.', default: 10 }),
    ),
  },
});

export const CusumSchema = detector('cusum', {
  description: 'Cumulative sum: the figures exceed a known mean, in sum.',
  example: { mean: 0.03, sd: 0.01 },
  properties: {
    ...usual,
    allowance: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'Half the shift to be found soonest, in standard deviations.',
        default: 0.5,
      }),
    ),
    decision_interval: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'Sum of the deviations beyond the allowance that is drift, in standard deviations.',
        default: 5,
      }),
    ),
  },
});

export const EwmaSchema = detector('ewma', {
  description: 'Moving average: the weighted mean of the last figures exceeds a known mean.',
  example: { mean: 0.03, sd: 0.01 },
  properties: {
    ...usual,
    lambda: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        description: 'Weight of the newest figure.',
        default: 0.1,
      }),
    ),
    width: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1000,
        description: 'Distance from the mean that is drift, in standard deviations of the average.',
        default: 2.814,
      }),
    ),
  },
});

export const AdwinSchema = detector('adwin', {
  description:
    'ADWIN: newer figures exceed older ones, wherever the line is drawn; for figures up to 1.',
  example: {},
  properties: {
    delta: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 0.5,
        description: 'Chance of a false alarm in each window.',
        default: 0.002,
      }),
    ),
    min_window: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Least windows on either side of the line.',
        default: 5,
      }),
    ),
  },
});

const DetectorSchema = Type.Union([PageHinkleySchema, CusumSchema, EwmaSchema, AdwinSchema], {
  description: 'Detector over the figures of this statistic.',
  examples: [{ detector: 'page_hinkley', delta: 0.01, lambda: 0.1 }],
  'x-discriminator': 'detector',
  'x-expects': 'a map with a detector',
});

const watched = Type.Optional(DetectorSchema);

/** A record, so that a statistic that is missing here, or unknown elsewhere, does not compile. */
const STATISTICS = {
  ks: watched,
  kuiper: watched,
  cramer_von_mises: watched,
  anderson_darling: watched,
  mann_whitney: watched,
  wasserstein: watched,
  mean_shift: watched,
  psi: watched,
  jensen_shannon: watched,
  kl: watched,
  hellinger: watched,
  total_variation: watched,
  chi_squared: watched,
  g_test: watched,
  missing_rate: watched,
  unseen_rate: watched,
  out_of_range_rate: watched,
  invalid_rate: watched,
} satisfies Record<Exclude<StatisticName, 'volume'>, typeof watched>;

/** Detectors over the windows' figures by field and statistic. */
export const SequentialSchema = byField(
  Type.Object(STATISTICS, {
    additionalProperties: false,
    minProperties: 1,
    'x-expects': 'a map from statistics (such as ks or psi) to detectors',
  }),
  {
    description:
      'Detectors over the series of windows, by field and statistic; "*" stands for fields without their own.',
    examples: [{ amount: { ks: { detector: 'page_hinkley', delta: 0.01, lambda: 0.1 } } }],
  },
);

export type DetectorDocument = Static<typeof DetectorSchema>;
export type SequentialDocument = Static<typeof SequentialSchema>;
