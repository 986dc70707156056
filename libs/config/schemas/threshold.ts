import { type Static, type TSchema, Type } from 'typebox';
import type { StatisticName } from '#libs/statistics/result.ts';
import { byField } from './vocabulary.ts';

/** YAML 1.2 reads `off` as text; JSON and older YAML may hand over `false`. */
const off = () => [Type.Enum(['off']), Type.Literal(false)] as const;

/** Limits of one statistic: `maximum` is the largest value that it can take. */
function limits(description: string, maximum?: number) {
  const limit = (level: string) =>
    Type.Optional(
      Type.Number({
        minimum: 0,
        ...(maximum === undefined ? {} : { maximum }),
        description: `At or above this value the verdict is ${level}.`,
      }),
    );
  return Type.Optional(
    Type.Union(
      [
        ...off(),
        Type.Object(
          { warning: limit('warning'), critical: limit('critical') },
          { additionalProperties: false, minProperties: 1 },
        ),
      ],
      {
        description,
        examples: [{ warning: 0.1, critical: 0.2 }, 'off'],
        'x-expects': 'a map with warning and critical, or off',
      },
    ),
  );
}

function band() {
  const level = (name: string) =>
    Type.Optional(
      Type.Object(
        {
          low: Type.Optional(
            Type.Number({
              minimum: 0,
              maximum: 1,
              description: `Ratio at or below which the verdict is ${name}.`,
            }),
          ),
          high: Type.Optional(
            Type.Number({
              minimum: 1,
              description: `Ratio at or above which the verdict is ${name}.`,
            }),
          ),
        },
        {
          additionalProperties: false,
          minProperties: 1,
          description: `Ratios of the window’s events to the usual number that are ${name}.`,
          'x-expects': 'a map with low (0 to 1) and high (1 or more)',
        },
      ),
    );
  return Type.Object(
    { warning: level('warning'), critical: level('critical') },
    { additionalProperties: false, minProperties: 1 },
  );
}

/** A record, so that a statistic that is missing here, or unknown elsewhere, does not compile. */
const STATISTICS = {
  ks: limits('Largest gap between the cumulative shares.', 1),
  kuiper: limits('Largest gap above plus largest gap below; for circular fields.', 2),
  cramer_von_mises: limits('Cramér–von Mises T; grows with the samples.'),
  anderson_darling: limits('Anderson–Darling A², grows with the samples; sees most in the tails.'),
  mann_whitney: limits(
    'Distance from ½ of the chance (AUC) that a live value exceeds a baseline value: 0.1 is an AUC of 0.6 or 0.4.',
    0.5,
  ),
  wasserstein: limits('How far values moved on average, in the unit of the field.'),
  mean_shift: limits('Shift of the mean in standard deviations of the baseline.'),
  psi: limits('Population stability index.'),
  jensen_shannon: limits('Jensen–Shannon distance of the bins, base 2.', 1),
  kl: limits('Kullback–Leibler divergence of the window’s bins from the baseline’s.'),
  hellinger: limits('Hellinger distance of the bins.', 1),
  total_variation: limits('Share of events that would have to change their bin.', 1),
  chi_squared: limits('χ² of homogeneity.'),
  g_test: limits('Likelihood-ratio statistic of homogeneity.'),
  missing_rate: limits('Absolute change of the share of missing values.', 1),
  unseen_rate: limits('Absolute change of the share of unseen categories.', 1),
  out_of_range_rate: limits('Absolute change of the share of values out of range.', 1),
  invalid_rate: limits('Absolute change of the share of values of a wrong type.', 1),
  volume: Type.Optional(
    Type.Union([...off(), band()], {
      description:
        'Events of the window relative to the usual number; of the stream as a whole, so only under "*".',
      examples: [{ critical: { low: 0.5, high: 2 } }, 'off'],
      'x-expects': 'a map with warning and critical, each { low, high }, or off',
    }),
  ),
} satisfies Record<StatisticName, TSchema>;

/** Thresholds by field and statistic. */
export const ThresholdsSchema = byField(
  Type.Object(STATISTICS, {
    additionalProperties: false,
    minProperties: 1,
    'x-expects': 'a map from statistics (such as ks or psi) to limits',
  }),
  {
    description:
      'Limits by field and statistic; "*" stands for fields without their own. They add to the defaults; off removes one.',
    examples: [{ amount: { ks: { warning: 0.1, critical: 0.2 } }, '*': { psi: 'off' } }],
  },
);

export type ThresholdsDocument = Static<typeof ThresholdsSchema>;
