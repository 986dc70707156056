import type { NumericCounts } from '#libs/profiles/counts.ts';
import { GAP_ROUNDING } from '#libs/profiles/numeric-grid.ts';
import { andersonDarling } from '#libs/statistics/anderson-darling.ts';
import { cellMoments } from '#libs/statistics/cell-moments.ts';
import { cramerVonMises, cramerVonMisesCriticalValue } from '#libs/statistics/cramer-von-mises.ts';
import { detectableMeanShift } from '#libs/statistics/detectable.ts';
import type { KsDistance } from '#libs/statistics/ks.ts';
import { ksCriticalValue } from '#libs/statistics/ks-critical-value.ts';
import { kuiperCriticalValue } from '#libs/statistics/kuiper-critical-value.ts';
import { kuiperPValue } from '#libs/statistics/kuiper-p-value.ts';
import { mannWhitney, mannWhitneyCriticalValue } from '#libs/statistics/mann-whitney.ts';
import { meanShiftCriticalValue, momentShift } from '#libs/statistics/mean-shift.ts';
import { toReferenceScale } from '#libs/statistics/reference-scale.ts';
import { wassersteinDistance } from '#libs/statistics/wasserstein.ts';
import { detectableDistance } from './detectable-distance.ts';
import type { NumericFieldBaseline } from './field-baseline.ts';
import type {
  DetectableInput,
  FigureInput,
  LinearInput,
  Measured,
  NotDefined,
} from './measured.ts';

/** The statistics that need an order of the values. */
export type OrderedStatistic =
  | 'ks'
  | 'kuiper'
  | 'cramer_von_mises'
  | 'anderson_darling'
  | 'mann_whitney'
  | 'wasserstein'
  | 'mean_shift';

interface NumericInput {
  readonly field: NumericFieldBaseline;
  readonly window: NumericCounts;
  readonly distance: KsDistance;
  readonly input: FigureInput;
}

interface Linear extends NumericInput, LinearInput {}

/** One statistic of a numeric or circular field; undefined where a side has no values. */
export function measureOrdered(
  name: OrderedStatistic,
  input: FigureInput,
): Measured | NotDefined | undefined {
  const { field, window, ordered } = input;
  if (ordered === null || field.kind !== 'numeric' || window.kind !== 'numeric') return undefined;
  const { distance, linear } = ordered;
  const numeric: NumericInput = { field, window, distance, input };
  if (name === 'kuiper') return measureKuiper(numeric);
  return linear === null ? undefined : measureLinear(name, { ...numeric, ...linear });
}

function measureLinear(
  name: Exclude<OrderedStatistic, 'kuiper'>,
  input: Linear,
): Measured | NotDefined {
  switch (name) {
    case 'ks':
      return measureKs(input);
    case 'cramer_von_mises':
      return measureCramerVonMises(input);
    case 'anderson_darling':
      return measureAndersonDarling(input);
    case 'mann_whitney':
      return measureMannWhitney(input);
    case 'wasserstein':
      return measureWasserstein(input);
    case 'mean_shift':
      return measureMeanShift(input);
  }
}

function measureKs({ field, distance, ks, input }: Linear): Measured {
  const { n, m, d_plus, d_minus, location, statistic } = distance;
  const { errorBound, layout } = field;
  const { knots } = layout;
  return {
    kind: 'measured',
    figure: {
      statistic,
      at: knots[Math.min(location >> 1, knots.length - 1)]!,
      ...(errorBound === 0 ? {} : { error_bound: errorBound }),
      details: { d_plus, d_minus, p_method: ks.method },
    },
    significance: { p_value: ks.p_value, log10_p: ks.log10_p },
    x: toReferenceScale('ks', { value: statistic, n, m }),
    n,
    m,
    critical: ksCritical(input, { n, m }),
    detectable: distanceDetectable,
  };
}

function ksCritical(
  { ksCriticalValues, rules }: FigureInput,
  { n, m }: { readonly n: number; readonly m: number },
): number {
  const key = `${n}/${m}`;
  const known = ksCriticalValues.get(key);
  const value = known ?? ksCriticalValue({ n, m, alpha: rules.significance }).value;
  ksCriticalValues.set(key, value);
  return value;
}

function distanceDetectable({ n, m, critical, threshold, referenceCritical }: DetectableInput) {
  return detectableDistance({ n, m, critical: Math.max(critical, threshold, referenceCritical) });
}

function measureKuiper({ field, distance, input }: NumericInput): Measured {
  const { n, m, d_plus, d_minus } = distance;
  const statistic = d_plus + d_minus;
  const { errorBound } = field;
  const alpha = input.rules.significance;
  return {
    kind: 'measured',
    figure: { statistic, ...(errorBound === 0 ? {} : { error_bound: 2 * errorBound }) },
    significance: kuiperPValue(statistic, { n, m }),
    x: toReferenceScale('kuiper', { value: statistic, n, m }),
    n,
    m,
    critical: Math.min(1, kuiperCriticalValue({ n, m, alpha })),
    detectable: distanceDetectable,
  };
}

function cellsOf({ field, window }: NumericInput) {
  return { baseline: field.counts.cells, window: window.cells };
}

function measureCramerVonMises(numeric: NumericInput): Measured {
  const { statistic, p_value, log10_p, n, m } = cramerVonMises(cellsOf(numeric));
  const { rules, quantiles } = numeric.input;
  const quantile = quantiles.cramerVonMises;
  return {
    kind: 'measured',
    figure: { statistic },
    significance: { p_value, log10_p },
    n,
    m,
    critical: cramerVonMisesCriticalValue({ n, m, alpha: rules.significance, quantile }),
  };
}

function measureAndersonDarling(numeric: NumericInput): Measured {
  const { statistic, normalised, ties, p_value, log10_p, n, m } = andersonDarling(cellsOf(numeric));
  const { tied, untied } = numeric.input.quantiles.andersonDarling;
  return {
    kind: 'measured',
    figure: { statistic, details: { ties, ...(normalised === undefined ? {} : { normalised }) } },
    significance: { p_value, log10_p },
    n,
    m,
    critical: ties ? tied : untied,
  };
}

function measureMannWhitney(numeric: NumericInput): Measured {
  const result = mannWhitney(cellsOf(numeric));
  const { statistic, auc, u, error_bound, p_value, log10_p, n, m } = result;
  return {
    kind: 'measured',
    figure: { statistic, ...(error_bound === 0 ? {} : { error_bound }), details: { auc, u } },
    significance: { p_value, log10_p },
    n,
    m,
    critical: mannWhitneyCriticalValue({ ...result, alpha: numeric.input.rules.significance }),
  };
}

/** Sums that lack the terms of a value, since a double could not hold them, say nothing. */
const OVERFLOWN: NotDefined = { kind: 'not_defined', needs: 'values whose squares a double holds' };

function measureWasserstein({ field, ks, sums }: Linear): Measured | NotDefined {
  if (sums === null) return OVERFLOWN;
  const { knots, center } = field.layout;
  const { statistic, normalised, error_bound, n, m } = wassersteinDistance({
    ...{ knots, center, baseline: field.sums, window: sums, rounding: GAP_ROUNDING },
  });
  if (!Number.isFinite(statistic + error_bound)) return OVERFLOWN;
  return {
    kind: 'measured',
    figure: {
      statistic,
      ...(error_bound === 0 ? {} : { error_bound }),
      details: {
        normalised: normalised ?? 'not defined: the values of the baseline do not differ',
      },
    },
    significance: { p_value: ks.p_value, log10_p: ks.log10_p },
    n,
    m,
  };
}

function measureMeanShift({ field, sums, input }: Linear): Measured | NotDefined {
  if (sums === null) return OVERFLOWN;
  const result = momentShift(field.moments, cellMoments(sums, field.layout));
  if (result.kind === 'undefined') return { kind: 'not_defined', needs: result.needs };
  const { statistic, shift, sd, t, degrees_of_freedom, p_value, log10_p, n, m } = result;
  const critical = meanShiftCriticalValue({ ...result, alpha: input.rules.significance });
  return {
    kind: 'measured',
    figure: {
      statistic,
      baseline: result.baseline_mean,
      window: result.window_mean,
      details: { shift, sd, t, degrees_of_freedom },
    },
    significance: { p_value, log10_p },
    n,
    m,
    // With two values a level that is small enough is out of reach of any double.
    ...(Number.isFinite(critical) ? { critical } : {}),
    detectable: (options) => ({ kind: 'value', value: detectableMeanShift(options) }),
  };
}
